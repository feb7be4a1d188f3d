#pragma once

#include <operate/api_key_source.hpp>

#include <optional>
#include <string>

namespace operate::client {

/// What a profile of the settings file says.
struct Profile {
  ApiKeySource api_key = {};
  std::optional<std::string> base_url = {};
};

/// The profile that `OPERATE_PROFILE` names, or `default`, from the file that `OPERATE_CONFIG_FILE` names, or
/// `$XDG_CONFIG_HOME/operate/config.json`, or `~/.config/operate/config.json`. Empty where nobody named
/// anything and the file or its `default` is not there. Throws ConfigError with file, line and reason for a
/// file, a profile or a member that cannot be used.
Profile read_profile();

}  // namespace operate::client
