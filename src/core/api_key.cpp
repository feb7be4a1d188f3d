#include "core/api_key.hpp"

#include "core/refuse.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace operate::core {

ApiKey::ApiKey(std::string_view value, std::string origin, const std::string& setting)
    : value_(value), origin_(std::move(origin)) {
  const char* problem = nullptr;
  if (value.empty())
    problem = "is empty";
  else if (value.size() > most)
    problem = "has more than 4096 characters";
  else if (value.front() == '{' || value.front() == '"' || value.front() == '\'')
    problem = "begins as JSON or a quoted text does";
  else if (value.front() == '$' || value.substr(0, 8) == "OPERATE_")
    problem = "is a variable, or begins with its name";
  else if (value.find("://") != std::string_view::npos || value.substr(0, 8) == "command:" ||
           value.substr(0, 5) == "file:")
    problem =
        "says where a key is, and is none itself; a source's name belongs in OPERATE_API_KEY_SOURCE, or "
        "api_key_source of a profile";
  else if (std::any_of(value.begin(), value.end(), [](char c) { return c <= ' ' || c > '~'; }))
    problem = "has a blank, a line break, a control character or a character that is not ASCII";
  if (problem)
    refuse_setting(setting, "The API key from " + origin_ + " " + problem +
                                ". Give the key exactly as app.operate.so, Settings > API Keys showed it.");
}

}  // namespace operate::core
