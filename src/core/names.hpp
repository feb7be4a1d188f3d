#pragma once

#include <operate/error.hpp>

namespace operate::core {

/// The SDK and its version, `operate-cpp/0.1.0`.
extern const char* const sdk_name;

/// The name of the error's class, `RateLimitError` for example.
const char* name_of(const Error& error);

}  // namespace operate::core
