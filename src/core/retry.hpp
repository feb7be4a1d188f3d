#pragma once

#include <operate/error.hpp>
#include <operate/retry_policy.hpp>

#include <chrono>
#include <optional>

namespace operate::core {

/// How an attempt ended, as far as a retry depends on it.
struct AttemptOutcome {
  int status = 0;  ///< 0 where there was no answer.
  std::optional<TransportErrorKind> failure = {};
  bool request_may_have_arrived = true;
  std::optional<std::chrono::milliseconds> retry_after = {};
  bool permanent = false;
};

/// Whether repeating the call may help and can do no harm.
bool worth_repeating(const AttemptOutcome& outcome, bool safe_to_repeat);

/// The wait before the next attempt, unless the server asks for a longer one. `retries_done` counts from 0,
/// `jitter` is drawn evenly from [0, 1).
std::chrono::milliseconds backoff(const RetryPolicy& policy, int retries_done, double jitter);

}  // namespace operate::core
