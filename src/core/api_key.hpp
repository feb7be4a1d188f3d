#pragma once

#include "core/redact.hpp"
#include "core/secret.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace operate::core {

/// A key that can be sent: visible ASCII without blanks, at most 4096 characters. Never printed; whatever is
/// shown to anybody goes through redact() first.
class ApiKey {
 public:
  /// The most characters that one has.
  static constexpr std::size_t most = 4096;

  /// `origin` says where the key came from, in words for messages: `the environment variable
  /// OPERATE_API_KEY`. Throws ConfigError, about the setting, for what cannot be a key.
  ApiKey(std::string_view value, std::string origin, const std::string& setting);

  std::string_view value() const noexcept { return value_.view(); }
  const std::string& origin() const noexcept { return origin_; }

  /// core::redact with this key.
  std::string redact(std::string_view text) const { return core::redact(text, value()); }

 private:
  Secret value_;
  std::string origin_;
};

}  // namespace operate::core
