#include "core/proxy.hpp"

#include "core/headers.hpp"
#include "core/path.hpp"
#include "core/refuse.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace operate::core {

namespace {

// Whether `host` is `name` or stands below it; a dot at either's end means nothing.
bool is_within(std::string_view host, std::string_view name) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (!name.empty() && name.front() == '.') name.remove_prefix(1);
  if (name.empty() || host.size() < name.size()) return false;
  const std::size_t start = host.size() - name.size();
  if (!same_name(host.substr(start), name)) return false;
  // Nothing stands below an address.
  return start == 0 || (host[start - 1] == '.' && !read_ipv4(host));
}

bool is_in_network(std::string_view host, std::string_view network) {
  const std::size_t slash = network.find('/');
  if (slash == std::string_view::npos) return false;
  const auto address = read_ipv4(host), base = read_ipv4(network.substr(0, slash));
  const auto bits = read_number(network.substr(slash + 1), 32);
  if (!address || !base || !bits) return false;
  return *bits == 0 || (*address ^ *base) >> (32 - *bits) == 0;
}

bool matches(std::string_view entry, const Authority& server) {
  if (entry == "*" || is_in_network(server.host, entry)) return true;
  // An IPv6 address stands in brackets where a port is behind it, and often elsewhere, too.
  const std::size_t colon = entry.find(':');
  if (colon != std::string_view::npos && entry.find(':', colon + 1) != std::string_view::npos &&
      entry.front() != '[')
    return same_name(server.host, "[" + std::string(entry) + "]");
  const bool dotted = !entry.empty() && entry.front() == '.';
  Authority wanted;
  if (read_authority(dotted ? entry.substr(1) : entry, wanted)) return false;
  return (wanted.port == 0 || wanted.port == server.port) && is_within(server.host, wanted.host);
}

}  // namespace

Proxy parse_proxy(std::string_view text, const std::string& setting) {
  const auto refuse = [&](const std::string& problem) {
    refuse_setting(setting, setting + " " + problem +
                                ". It has the form http://host:port, https://host:port or "
                                "http://user:password@host:port, with % and what follows for characters of "
                                "the user and the password that a URL cannot hold.");
  };
  constexpr std::array<std::pair<std::string_view, int>, 6> schemes = {{{"http", 80},
                                                                        {"https", 443},
                                                                        {"socks4", 1080},
                                                                        {"socks4a", 1080},
                                                                        {"socks5", 1080},
                                                                        {"socks5h", 1080}}};
  Proxy proxy;
  proxy.origin = setting;
  std::string_view scheme = "http", rest = text;
  if (const std::size_t end = text.find("://"); end != std::string_view::npos) {
    scheme = text.substr(0, end);
    rest = text.substr(end + 3);
  }
  int port = 0;
  for (const auto& [name, usual_port] : schemes) {
    if (!same_name(scheme, name)) continue;
    proxy.url = std::string(name) + "://";
    port = usual_port;
  }
  if (port == 0) refuse("has another scheme than http, https and those of SOCKS");
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view credentials = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    const std::size_t colon = credentials.find(':');
    auto user = decoded(credentials.substr(0, colon));
    auto password = decoded(colon == std::string_view::npos ? "" : credentials.substr(colon + 1));
    if (!user || !password) refuse("has a user or a password that is not percent-encoded");
    if (user->find(':') != std::string::npos) refuse("has a user with a colon");
    proxy.user = std::move(*user);
    proxy.password = std::move(*password);
  }
  if (rest.find_first_of("/?#") != std::string_view::npos) refuse("has a path, a query or a fragment");
  Authority authority;
  if (const auto problem = read_authority(rest, authority)) refuse(*problem);
  proxy.url += authority.host + ":" + std::to_string(authority.port == 0 ? port : authority.port);
  return proxy;
}

bool bypasses_proxy(std::string_view list, const Authority& server) {
  while (!list.empty()) {
    const std::size_t end = list.find_first_of(", \t");
    const std::string_view entry = list.substr(0, end);
    if (!entry.empty() && matches(entry, server)) return true;
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace operate::core
