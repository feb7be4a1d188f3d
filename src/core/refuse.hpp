#pragma once

#include <operate/error.hpp>

#include <string>

namespace operate::core {

/// Throws ValidationError. The message goes on behind the argument's name: what is wrong with it, and the
/// limit.
[[noreturn]] void refuse_argument(std::string field, const std::string& message);

/// The ConfigError with the whole message; `retryable` is what its retryable() says.
ConfigError setting_error(std::string setting, std::string message, bool retryable = false);
/// Throws it.
[[noreturn]] void refuse_setting(std::string setting, std::string message, bool retryable = false);

}  // namespace operate::core
