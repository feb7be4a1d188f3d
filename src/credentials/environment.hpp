#pragma once

#include <optional>
#include <string>

namespace operate::credentials {

/// An environment variable; one that is empty counts as not set.
std::optional<std::string> environment_variable(const std::string& name);

}  // namespace operate::credentials
