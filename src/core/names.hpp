#pragma once

#include <operate/error.hpp>

namespace operate::core {

/// The name of the error's class, `RateLimitError` for example.
const char* name_of(const Error& error);

}  // namespace operate::core
