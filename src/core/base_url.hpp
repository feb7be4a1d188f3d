#pragma once

#include "core/authority.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace operate::core {

struct BaseUrl {
  std::string text = {};     ///< Without a slash at its end.
  Authority authority = {};  ///< With the scheme's port where the URL names none.
  bool tls = true;
  bool loopback = false;
};

/// Reads `https://host[:port][/path]`, or the same with `http`. Returns what is wrong with it, to go behind
/// its name, without the URL, which may hold a password; empty where nothing is.
std::optional<std::string> read_base_url(std::string_view url, BaseUrl& result);

/// Throws ConfigError for everything but `https://host[:port][/path]`, or `http` where the host is this
/// machine or `allow_plain_http` is set. The message never holds the URL, which may hold a password.
/// `setting` is the error's; the message calls the URL by the same name, unless `place` gives another.
BaseUrl parse_base_url(std::string_view url, bool allow_plain_http,
                       const std::string& setting = "Config::base_url", const std::string& place = "");

}  // namespace operate::core
