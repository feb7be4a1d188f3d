#pragma once

#include "core/base_url.hpp"
#include "credentials/aws_credentials.hpp"
#include "credentials/key_provider.hpp"
#include "credentials/manager.hpp"

#include <operate/secrets_manager.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace operate::credentials {

/// A key in AWS Secrets Manager, whole or as a member of a JSON object.
class AwsSecretsManagerKey : public detail::KeyProvider {
 public:
  /// Throws ConfigError for options that cannot be; `setting` is what named the source.
  AwsSecretsManagerKey(const AwsSecretsManagerOptions& options, const std::string& setting);

  Kind kind() const noexcept override { return Kind::slow; }
  std::string name() const override { return manager_.origin(); }
  detail::FetchedKey fetch(const detail::FetchContext& context) const override;

 private:
  std::string region() const;
  detail::FetchedKey read(std::string_view secret) const;
  [[noreturn]] void refuse(const ManagerQuestion& question, const TransportResponse& response,
                           const json::Value& root) const;

  const ManagerName manager_;
  const std::string secret_id_, json_key_, version_stage_;
  const std::string region_;                     // Empty: the profile's, or the ARN's.
  const std::optional<core::BaseUrl> endpoint_;  // Empty: AWS's own.
  const AwsCredentials credentials_;
  const std::chrono::milliseconds time_to_live_;
};

}  // namespace operate::credentials
