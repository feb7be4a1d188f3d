#pragma once

#include <operate/cancellation.hpp>
#include <operate/export.hpp>
#include <operate/version.hpp>

#include <chrono>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// The time by which deadlines are kept and retries are waited for. A test gives its own (Config::clock) and
/// moves it by hand. Limits on sockets (Config::connect_timeout and the like) always run on the machine's
/// clock, and so do a blocking call's waits for a free connection and for the source of its key, and waits
/// for a place in Config::max_async_calls.
///
/// Implementations are called by many threads at once. The last copy of a client must not go in one of these
/// functions: it would wait for them to return.
class OPERATE_EXPORT Clock {
 public:
  /// Points of the steady clock's time; a clock of your own may begin anywhere but near the largest one.
  using time_point = std::chrono::steady_clock::time_point;

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  /// The time now; never goes back.
  virtual time_point now() = 0;

  /// Returns when now() has reached `time`, or earlier where `cancel` is cancelled. A call whose clock comes
  /// back early for no reason asks it again, for ever where the time stands still.
  virtual void sleep_until(time_point time, const CancellationToken& cancel) = 0;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
