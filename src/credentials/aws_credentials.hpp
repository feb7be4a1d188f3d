#pragma once

#include "core/secret.hpp"
#include "credentials/aws_profile.hpp"
#include "credentials/key_provider.hpp"
#include "credentials/manager.hpp"

#include <optional>
#include <string>

namespace operate::credentials {

/// Where the keys for AWS are looked for; AwsSecretsManagerOptions says in which order. What the environment
/// says is read when it is made, all else each time.
class AwsCredentials {
 public:
  /// `profile` is the code's, or empty.
  explicit AwsCredentials(std::string profile);

  /// Empty where the limits ran out. Throws ConfigError where there are none.
  std::optional<AwsKeys> find(const ManagerName& manager, const detail::FetchContext& context) const;

  /// The profile, as far as the files say something of it.
  AwsProfile profile(const ManagerName& manager) const;

 private:
  std::optional<AwsKeys> of_container(const ManagerName& manager, const detail::FetchContext& context) const;
  std::optional<AwsKeys> of_instance(const ManagerName& manager, const detail::FetchContext& context,
                                     const std::string& looked_at) const;

  const bool names_profile_;
  const std::string profile_;
  const std::string credentials_file_, config_file_;
  const AwsKeys keys_;
  const bool names_web_identity_;
  const char* const container_variable_;
  const std::string container_url_;  // Empty where there is no such container.
  const std::string container_token_file_;
  const core::Secret container_token_;
  const bool uses_instance_;
  const std::string instance_url_;
};

}  // namespace operate::credentials
