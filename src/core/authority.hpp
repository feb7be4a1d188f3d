#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace operate::core {

/// The host and port of a URL.
struct Authority {
  std::string host = {};  ///< A name, an IPv4 address, or an IPv6 address in brackets.
  int port = 0;           ///< 0 where none is given.
};

/// Reads `host` or `host:port` into `authority`. Returns what is wrong with it, to go behind its name; empty
/// where nothing is.
std::optional<std::string> read_authority(std::string_view text, Authority& authority);

/// A number of at most `most`, in digits alone and without a zero in front of others; empty for all else.
std::optional<unsigned> read_number(std::string_view text, unsigned most);

/// The four bytes of an IPv4 address, the first as the highest; empty for every other host. Exactly four
/// decimal numbers: `127.0.0.1.example.com` and `127.1` are something else.
std::optional<unsigned> read_ipv4(std::string_view host);

/// Whether connections to the host stay on this machine.
bool is_loopback(std::string_view host);

}  // namespace operate::core
