#include "core/base_url.hpp"

#include "core/path.hpp"
#include "core/refuse.hpp"
#include "core/wire.hpp"

#include <charconv>
#include <cstddef>

namespace operate::core {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF:.";
constexpr std::string_view host_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

// A number of at most `most`, in digits alone.
bool is_number(std::string_view text, unsigned most) {
  unsigned value = 0;
  if (text.empty() || text.size() > 5 || text.find_first_not_of(digits) != std::string_view::npos)
    return false;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value <= most;
}

bool is_loopback(std::string_view host) {
  if (host == "[::1]") return true;
  if (same_name(host, "localhost")) return true;
  // Exactly four decimal numbers: `127.0.0.1.example.com` and `127.1` are other hosts.
  if (host.substr(0, 4) != "127.") return false;
  int parts = 0;
  for (std::string_view rest = host;; ++parts) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    // `08` is no number to a resolver, which would look the whole up as a name.
    if (!is_number(part, 255) || (part.size() > 1 && part.front() == '0')) return false;
    if (dot == std::string_view::npos) return parts == 3;
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

BaseUrl parse_base_url(std::string_view url, bool allow_plain_http, const std::string& setting,
                       const std::string& place) {
  const auto refuse = [&](const std::string& problem) {
    refuse_setting(setting, (place.empty() ? setting : place) + " " + problem +
                                ". It has the form https://host, https://host:port or "
                                "https://host/path; the default is https://api.operate.so.");
  };
  if (url.size() > 2048) refuse("has more than 2048 characters");
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) refuse("has no scheme");
  std::string scheme(url.substr(0, scheme_end));
  if (!same_name(scheme, "https") && !same_name(scheme, "http")) refuse("has another scheme than https");
  const bool tls = scheme.size() == 5;
  scheme = tls ? "https" : "http";

  const std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t authority_end = rest.find_first_of("/?#\\");
  const std::string_view authority = rest.substr(0, authority_end);
  std::string_view path = authority_end == std::string_view::npos ? "" : rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos)
    refuse("holds a user name or a password, which the API does not use");
  if (path.find('?') != std::string_view::npos) refuse("holds a query");
  if (path.find('#') != std::string_view::npos) refuse("holds a fragment");

  std::size_t host_end = authority.find(':');
  const bool ipv6 = !authority.empty() && authority.front() == '[';
  if (ipv6) {
    host_end = authority.find(']');
    if (host_end == std::string_view::npos) refuse("has a host with `[` and without `]`");
    ++host_end;
    const std::string_view inside = authority.substr(1, host_end - 2);
    if (inside.empty() || inside.find_first_not_of(hexadecimal) != std::string_view::npos)
      refuse("has a host in brackets that is no IPv6 address");
  }
  const std::string_view host = authority.substr(0, host_end);
  if (host.empty()) refuse("has no host");
  if (!ipv6 && host.find_first_not_of(host_characters) != std::string_view::npos)
    refuse("has a host with a character that no host name has");
  const std::string_view port = host.size() < authority.size() ? authority.substr(host.size()) : "";
  if (!port.empty() && (port.front() != ':' || !is_number(port.substr(1), 65535) || port == ":0"))
    refuse("has a port that is no number from 1 to 65535");
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!path.empty())
    if (const auto problem = problem_of_path(path)) refuse("has a path that " + *problem);

  BaseUrl result;
  result.tls = tls;
  result.loopback = is_loopback(host);
  if (!tls && !result.loopback && !allow_plain_http)
    refuse(
        "is http to a host that is not this machine, where everybody on the way could read the key; use "
        "https, or "
        "Config::allow_plain_http where the network is yours (the URL may also come from OPERATE_BASE_URL or "
        "a "
        "settings file)");
  result.text = scheme + "://" + std::string(authority) + std::string(path);
  return result;
}

}  // namespace operate::core
