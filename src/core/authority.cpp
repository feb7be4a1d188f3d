#include "core/authority.hpp"

#include "core/headers.hpp"

#include <charconv>
#include <cstddef>

namespace operate::core {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF:.";
constexpr std::string_view host_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

}  // namespace

std::optional<unsigned> read_number(std::string_view text, unsigned most) {
  unsigned value = 0;
  if (text.empty() || text.size() > 5 || text.find_first_not_of(digits) != std::string_view::npos ||
      (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value > most) return std::nullopt;
  return value;
}

std::optional<std::string> read_authority(std::string_view text, Authority& authority) {
  std::size_t host_end = text.find(':');
  const bool ipv6 = !text.empty() && text.front() == '[';
  if (ipv6) {
    host_end = text.find(']');
    if (host_end == std::string_view::npos) return "has a host with `[` and without `]`";
    ++host_end;
    const std::string_view inside = text.substr(1, host_end - 2);
    if (inside.empty() || inside.find_first_not_of(hexadecimal) != std::string_view::npos)
      return "has a host in brackets that is no IPv6 address";
  }
  const std::string_view host = text.substr(0, host_end);
  if (host.empty()) return "has no host";
  if (!ipv6 && host.find_first_not_of(host_characters) != std::string_view::npos)
    return "has a host with a character that no host name has";
  authority.host = host;
  authority.port = 0;
  if (const std::string_view port = text.substr(host.size()); !port.empty()) {
    const auto number = port.front() == ':' ? read_number(port.substr(1), 65535) : std::nullopt;
    if (!number || *number == 0) return "has a port that is no number from 1 to 65535";
    authority.port = static_cast<int>(*number);
  }
  return std::nullopt;
}

std::optional<unsigned> read_ipv4(std::string_view host) {
  unsigned address = 0;
  for (int parts = 1;; ++parts) {
    const std::size_t dot = host.find('.');
    // `08` is no number to a resolver, which would look the whole up as a name.
    const auto part = read_number(host.substr(0, dot), 255);
    if (!part || parts > 4) return std::nullopt;
    address = address << 8 | *part;
    if (dot == std::string_view::npos) return parts == 4 ? std::optional(address) : std::nullopt;
    host.remove_prefix(dot + 1);
  }
}

bool is_loopback(std::string_view host) {
  if (host == "[::1]" || same_name(host, "localhost")) return true;
  const auto address = read_ipv4(host);
  return address && *address >> 24 == 127;
}

}  // namespace operate::core
