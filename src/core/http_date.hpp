#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace operate::core {

/// A date of HTTP in any of its three forms (RFC 9110, 5.6.7), whose two-digit years are those from 1970 to
/// 2069; empty for everything else.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

}  // namespace operate::core
