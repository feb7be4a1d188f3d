#pragma once

#include <string>

namespace operate::core {

/// Throws ValidationError. The message goes on behind the argument's name: what is wrong with it, and the
/// limit.
[[noreturn]] void refuse_argument(std::string field, const std::string& message);

/// Throws ConfigError with the whole message; `may_pass` makes it retryable().
[[noreturn]] void refuse_setting(std::string setting, std::string message, bool may_pass = false);

}  // namespace operate::core
