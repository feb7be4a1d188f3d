#include "core/rate_hints.hpp"

#include "core/decimal.hpp"
#include "core/headers.hpp"
#include "core/http_date.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace operate::core {

namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr std::int64_t longest = 366ll * 24 * 3600 * 1000;

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
    if (const auto wait = parse_decimal(*text, 1)) return sane(*wait);
  const auto* text = find_header(headers, "retry-after");
  if (!text) return std::nullopt;
  if (const auto wait = parse_decimal(*text, 1000)) return sane(*wait);
  if (const auto date = parse_http_date(*text)) return sane(milliseconds_of(*date - time_of(headers, now)));
  return std::nullopt;
}

std::optional<milliseconds> rate_limit_reset(const std::vector<Header>& headers,
                                             system_clock::time_point now) {
  constexpr std::string_view names[][2] = {{"ratelimit-remaining", "ratelimit-reset"},
                                           {"x-ratelimit-remaining", "x-ratelimit-reset"}};
  for (const auto& [remaining_name, reset_name] : names) {
    const auto* remaining = find_header(headers, remaining_name);
    if (!remaining || parse_decimal(*remaining, 1) != 0) continue;
    const auto* reset = find_header(headers, reset_name);
    if (!reset) continue;
    auto wait = parse_decimal(*reset, 1000);
    if (!wait) continue;
    // More than thirty years is a time, and more than thirty thousand one in milliseconds.
    if (*wait > 1'000'000'000'000'000) *wait /= 1000;
    if (*wait > 1'000'000'000'000) *wait -= milliseconds_of(time_of(headers, now).time_since_epoch());
    return sane(*wait);
  }
  return std::nullopt;
}

}  // namespace operate::core
