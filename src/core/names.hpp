#pragma once

#include <operate/error.hpp>

namespace operate::core {

/// How the SDK names itself, and its version, `0.1.0` for example.
extern const char* const sdk_name;
extern const char* const sdk_version;

/// The name of the error's class, `RateLimitError` for example.
const char* name_of(const Error& error);

}  // namespace operate::core
