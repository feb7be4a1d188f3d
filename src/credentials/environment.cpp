#include "credentials/environment.hpp"

#include <cstdlib>

namespace operate::credentials {

std::optional<std::string> environment_variable(const std::string& name) {
  if (!is_set(name.c_str())) return std::nullopt;
  return std::getenv(name.c_str());
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value && *value;
}

}  // namespace operate::credentials
