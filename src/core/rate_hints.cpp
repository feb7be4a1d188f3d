#include "core/rate_hints.hpp"

#include "core/http_date.hpp"
#include "core/wire.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace operate::core {

namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr std::int64_t longest = 366ll * 24 * 3600 * 1000;

// `2` or `2.5` with thousandths at most counted, times `unit`; no sign, no exponent. Numbers of more than 15
// digits count as the largest of 15.
std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t unit) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string_view fraction = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  constexpr std::string_view digits = "0123456789";
  if (whole.empty() || whole.find_first_not_of(digits) != std::string_view::npos ||
      (dot != std::string_view::npos && fraction.empty()) ||
      fraction.find_first_not_of(digits) != std::string_view::npos)
    return std::nullopt;
  std::int64_t value = 999'999'999'999'999;
  if (whole.size() <= 15) std::from_chars(whole.data(), whole.data() + whole.size(), value);
  value *= unit;
  for (std::int64_t place = unit / 10; place > 0 && !fraction.empty(); place /= 10) {
    value += place * (fraction.front() - '0');
    fraction.remove_prefix(1);
  }
  return value;
}

milliseconds sane(std::int64_t wait) { return milliseconds(std::clamp<std::int64_t>(wait, 0, longest)); }

// The answer's own time.
system_clock::time_point time_of(const std::vector<Header>& headers, system_clock::time_point now) {
  const auto* date = find_header(headers, "date");
  return date ? parse_http_date(*date).value_or(now) : now;
}

std::int64_t milliseconds_of(system_clock::duration duration) {
  return std::chrono::duration_cast<milliseconds>(duration).count();
}

}  // namespace

std::optional<milliseconds> retry_after(const std::vector<Header>& headers, system_clock::time_point now) {
  if (const auto* text = find_header(headers, "retry-after-ms"))
    if (const auto wait = parse_number(*text, 1)) return sane(*wait);
  const auto* text = find_header(headers, "retry-after");
  if (!text) return std::nullopt;
  if (const auto wait = parse_number(*text, 1000)) return sane(*wait);
  if (const auto date = parse_http_date(*text)) return sane(milliseconds_of(*date - time_of(headers, now)));
  return std::nullopt;
}

std::optional<milliseconds> rate_limit_reset(const std::vector<Header>& headers,
                                             system_clock::time_point now) {
  for (const std::string prefix : {"ratelimit-", "x-ratelimit-"}) {
    const auto* remaining = find_header(headers, prefix + "remaining");
    if (!remaining || parse_number(*remaining, 1) != 0) continue;
    const auto* reset = find_header(headers, prefix + "reset");
    if (!reset) continue;
    auto wait = parse_number(*reset, 1000);
    if (!wait) continue;
    // More than thirty years is a time, and more than thirty thousand one in milliseconds.
    if (*wait > 1'000'000'000'000'000) *wait /= 1000;
    if (*wait > 1'000'000'000'000) *wait -= milliseconds_of(time_of(headers, now).time_since_epoch());
    return sane(*wait);
  }
  return std::nullopt;
}

}  // namespace operate::core
