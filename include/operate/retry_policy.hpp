#pragma once

#include <operate/version.hpp>

#include <chrono>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// When and how often a call is repeated.
///
/// Repeated are connections that could not be made (name, network, TLS, proxy) or were lost, attempts
/// that timed out, and the statuses 408, 429, 500, 502, 503 and 504. Not repeated are connections that will
/// fail again: to a server or a proxy whose certificate is not trusted, and through a proxy that refuses for
/// good (a status below 500 other than 408 and 429). A call that is not safe to repeat (people().create) is
/// repeated only where the server cannot have seen it (no connection was made, or the proxy opened none) or
/// says that it did nothing (429). None of this is documented by Operate; it is what careful HTTP clients do.
///
/// The wait before the n-th retry is drawn evenly from zero to `initial_delay * 2^(n-1)`, at most
/// `max_delay`. Where the server sends `Retry-After` (seconds, with a fraction or without, or a date) or
/// `Retry-After-Ms`, the wait is at least that long. A wait that would not end before the call's deadline is
/// not begun: the call then ends at once, in the error of its last attempt.
///
/// After a 429, and where an answer says by `RateLimit-Remaining: 0` and `RateLimit-Reset` (also with `X-` in
/// front) that no more calls are welcome, all calls of the client wait until then, for 5 minutes at most;
/// after a 429 that names no time, as long as the call that got it would wait before its retry. A call whose
/// deadline is earlier ends at once: a new one in a TimeoutError whose limit is `rate_limit`, with nothing
/// sent, one that was sent before in the error of its last attempt.
struct RetryPolicy {
  /// 0 (never) to 100.
  int max_retries = 2;
  /// The most that the first wait can be; more than zero.
  std::chrono::milliseconds initial_delay{500};
  /// No wait is longer, unless the server asks for it; more than zero.
  std::chrono::milliseconds max_delay{8'000};
  /// The retries that all calls of the client have in reserve together, 1 to 1,000,000: each retry takes one,
  /// and one comes back every ten seconds and with every ten calls that succeed. Without any left, calls end
  /// in the error at hand, so that an outage does not become a storm of retries.
  int budget = 100;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
