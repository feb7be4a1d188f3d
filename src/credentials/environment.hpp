#pragma once

#include <optional>
#include <string>

namespace operate::credentials {

/// An environment variable; one that is empty counts as not set.
std::optional<std::string> environment_variable(const std::string& name);

/// The same question without a copy of the value.
bool is_set(const char* name);

}  // namespace operate::credentials
