#pragma once

#include "core/base_url.hpp"
#include "core/secret.hpp"
#include "credentials/key_provider.hpp"
#include "credentials/manager.hpp"

#include <operate/secrets_manager.hpp>

#include <chrono>
#include <string>

namespace operate::credentials {

/// A key in Doppler, read with a service token.
class DopplerKey : public detail::KeyProvider {
 public:
  /// Throws ConfigError for options that cannot be; `setting` is what named the source.
  DopplerKey(const DopplerOptions& options, const std::string& setting);

  Kind kind() const noexcept override { return Kind::slow; }
  std::string name() const override { return manager_.origin(); }
  detail::FetchedKey fetch(const detail::FetchContext& context) const override;

 private:
  const ManagerName manager_;
  const core::BaseUrl site_;
  const std::string project_, config_, secret_;
  const core::Secret token_;
  const std::chrono::milliseconds time_to_live_;
};

}  // namespace operate::credentials
