#pragma once

#include "core/base_url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace operate::core {

struct Proxy {
  std::string url = {};  ///< `http://host:port`, with neither a user nor a password.
  std::string user = {}, password = {};
};

/// Reads `[scheme://][user[:password]@]host[:port]`, whose scheme is http (unless given), https, socks4,
/// socks4a, socks5 or socks5h. Throws ConfigError, which never holds the text: it may hold a password.
/// `setting` is where the text comes from.
Proxy parse_proxy(std::string_view text, const std::string& setting);

/// Whether a list such as `localhost,.example.com,10.0.0.0/8` (`NO_PROXY`) says that the host is reached
/// without a proxy. Between commas or blanks: `*` for all, a name for itself and all below it, with a dot in
/// front or without, an address, an IPv4 network; each but the last with a port, or without for any.
bool bypasses_proxy(std::string_view list, const Authority& server);

}  // namespace operate::core
