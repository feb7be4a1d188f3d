#pragma once

#include <operate/error.hpp>
#include <operate/retry_policy.hpp>

#include <chrono>
#include <optional>
#include <string_view>

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

/// The wait before the next attempt; empty where the call has to end. `retries_done` counts from 0, `jitter`
/// is drawn evenly from [0, 1), `time_left` is what remains of the deadline.
std::optional<std::chrono::milliseconds> retry_delay(const RetryPolicy& policy, int retries_done,
                                                     const AttemptOutcome& outcome, bool safe_to_repeat,
                                                     double jitter, std::chrono::milliseconds time_left);

/// `Retry-After` in whole seconds; empty for everything else.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value);

}  // namespace operate::core
