#pragma once

#include <operate/header.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

// All inline, as the test kit uses it beside a library that does not export it.
namespace operate::core {

/// An ASCII letter in lower case, whatever the host program's locale.
constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// ASCII letters in lower case.
inline std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower_case(c);
  return result;
}

/// Whether two header names are the same.
inline bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_case(x) == lower_case(y); });
}

/// The first header of that name, compared without regard to case; null where there is none.
inline const std::string* find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers)
    if (same_name(header.name, name)) return &header.value;
  return nullptr;
}

inline constexpr std::array<std::string_view, 27> shown_headers = {"accept",
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

/// Whether the header's value may be shown to those who look for what went wrong: it says how a message is to
/// be read, cached, limited and traced, and neither names a person nor holds a secret.
inline bool is_shown_header(std::string_view name) {
  return std::any_of(shown_headers.begin(), shown_headers.end(),
                     [&](std::string_view one) { return same_name(one, name); });
}

}  // namespace operate::core
