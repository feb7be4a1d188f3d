#pragma once

#include "core/base_url.hpp"
#include "core/secret.hpp"
#include "credentials/key_provider.hpp"
#include "credentials/manager.hpp"

#include <operate/secrets_manager.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace operate::credentials {

/// A key in Infisical, read with a machine identity or a token that is ready.
class InfisicalKey : public detail::KeyProvider {
 public:
  /// Throws ConfigError for options that cannot be; `setting` is what named the source.
  InfisicalKey(const InfisicalOptions& options, const std::string& setting);

  Kind kind() const noexcept override { return Kind::slow; }
  std::string name() const override { return manager_.origin(); }
  detail::FetchedKey fetch(const detail::FetchContext& context) const override;

 private:
  // Null where the limits ran out.
  std::unique_ptr<const core::Secret> sign_in(ManagerQuestion& question) const;

  const ManagerName manager_;
  const core::BaseUrl site_;
  const std::string project_id_, environment_, secret_path_, secret_;
  const bool uses_identity_;
  const core::Secret client_id_, client_secret_, token_;
  const std::chrono::milliseconds time_to_live_;
};

}  // namespace operate::credentials
