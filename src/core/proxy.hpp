#pragma once

#include "core/base_url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace operate::core {

struct Proxy {
  std::string url = {};  ///< `http://host:port`, with neither a user nor a password.
  std::string user = {}, password = {};
  std::string origin = {};  ///< The setting that it comes from.

  bool speaks_tls() const { return url.rfind("https:", 0) == 0; }
  bool is_socks() const { return url.rfind("socks", 0) == 0; }
};

/// Reads `[scheme://][user[:password]@]host[:port]`, whose scheme is http (unless given), https, socks4,
/// socks4a, socks5 or socks5h. Throws ConfigError, which never holds the text: it may hold a password.
/// `setting` is where the text comes from.
Proxy parse_proxy(std::string_view text, const std::string& setting);

/// Whether a list such as `localhost,.example.com,10.0.0.0/8` (`NO_PROXY`) says that the host is reached
/// without a proxy. Entries stand between commas or blanks. One is `*` for all; a name, for
/// itself and all below it, with a dot in front or without; an address, of IPv6 with brackets or without; or
/// an IPv4 network. A name or an address may have a port (an IPv6 address only in brackets), and means any
/// port without. No other pattern, such as `*.example.com` or `*:443`, matches anything.
bool bypasses_proxy(std::string_view list, const Authority& server);

}  // namespace operate::core
