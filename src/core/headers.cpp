#include "core/headers.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace operate::core {

namespace {

constexpr std::array<std::string_view, 27> shown_headers = {"accept",
                                                            "accept-encoding",
                                                            "age",
                                                            "allow",
                                                            "cache-control",
                                                            "connection",
                                                            "content-encoding",
                                                            "content-length",
                                                            "content-type",
                                                            "date",
                                                            "etag",
                                                            "expires",
                                                            "ratelimit-limit",
                                                            "ratelimit-remaining",
                                                            "ratelimit-reset",
                                                            "retry-after",
                                                            "retry-after-ms",
                                                            "server",
                                                            "traceparent",
                                                            "transfer-encoding",
                                                            "user-agent",
                                                            "vary",
                                                            "via",
                                                            "x-ratelimit-limit",
                                                            "x-ratelimit-remaining",
                                                            "x-ratelimit-reset",
                                                            "x-request-id"};
// Not std::tolower, whose answer depends on the host program's locale.
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers)
    if (same_name(header.name, name)) return &header.value;
  return nullptr;
}

bool is_shown_header(std::string_view name) {
  return std::any_of(shown_headers.begin(), shown_headers.end(),
                     [&](std::string_view one) { return same_name(one, name); });
}

}  // namespace operate::core
