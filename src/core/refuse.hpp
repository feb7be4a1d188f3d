#pragma once

#include <string>

namespace operate::core {

/// Throws ValidationError. The message goes on behind the argument's name: what is wrong with it, and the
/// limit.
[[noreturn]] void refuse_argument(std::string field, const std::string& message);

/// Throws ConfigError with the whole message; `retryable` is what its retryable() says.
[[noreturn]] void refuse_setting(std::string setting, std::string message, bool retryable = false);

}  // namespace operate::core
