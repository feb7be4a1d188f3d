#include "core/retry.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace operate::core {

using std::chrono::milliseconds;

bool worth_repeating(const AttemptOutcome& outcome, bool safe_to_repeat) {
  if (outcome.permanent) return false;
  if (outcome.failure) {
    switch (*outcome.failure) {
      case TransportErrorKind::too_large:
      case TransportErrorKind::redirect:
        return false;
      default:
        return safe_to_repeat || !outcome.request_may_have_arrived;
    }
  }
  switch (outcome.status) {
    case 429:
      return true;  // The server says that it did nothing.
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
      return safe_to_repeat;
    default:
      return false;
  }
}

std::optional<milliseconds> retry_delay(const RetryPolicy& policy, int retries_done,
                                        const AttemptOutcome& outcome, bool safe_to_repeat, double jitter,
                                        milliseconds time_left) {
  if (retries_done >= policy.max_retries || !worth_repeating(outcome, safe_to_repeat)) return std::nullopt;
  double ceiling = static_cast<double>(policy.initial_delay.count());
  const auto most = static_cast<double>(policy.max_delay.count());
  for (int i = 0; i < retries_done && ceiling < most; ++i) ceiling *= 2;
  const milliseconds drawn(static_cast<milliseconds::rep>(std::min(ceiling, most) * jitter));
  const milliseconds delay = std::max(drawn, outcome.retry_after.value_or(milliseconds(0)));
  if (delay >= time_left) return std::nullopt;
  return delay;
}

std::optional<milliseconds> parse_retry_after(std::string_view value) {
  // A year; more than that is no hint, and would overflow further on.
  constexpr std::uint64_t most = 366ull * 24 * 3600;
  std::uint64_t seconds = 0;  // Unsigned, so that from_chars takes no sign.
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, seconds);
  if (error != std::errc() || rest != end || seconds > most) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(seconds));
}

}  // namespace operate::core
