#include "core/retry.hpp"

#include <algorithm>
#include <cmath>

namespace operate::core {

using std::chrono::milliseconds;

bool worth_repeating(const AttemptOutcome& outcome, bool safe_to_repeat) {
  if (outcome.permanent) return false;
  if (outcome.failure) {
    switch (*outcome.failure) {
      case TransportErrorKind::too_large:
      case TransportErrorKind::redirect:
      case TransportErrorKind::cancelled:  // A token stays cancelled.
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

milliseconds backoff(const RetryPolicy& policy, int retries_done, double jitter) {
  double ceiling = static_cast<double>(policy.initial_delay.count());
  const auto most = static_cast<double>(policy.max_delay.count());
  for (int i = 0; i < retries_done && ceiling < most; ++i) ceiling *= 2;
  // At least 1 ms where there is a wait at all, so that each retry is one that can be seen.
  return milliseconds(
      static_cast<milliseconds::rep>(std::ceil(std::min(ceiling, most) * std::max(jitter, 1e-9))));
}

}  // namespace operate::core
