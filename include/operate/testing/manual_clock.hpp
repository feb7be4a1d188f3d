#pragma once

#include <operate/clock.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// What happens to those who sleep by a ManualClock.
enum class Sleepers {
  move_the_clock,  ///< Whoever sleeps is at once where they wanted to be, and so is the clock.
  wait,            ///< They sleep until ManualClock::advance() has brought the clock that far.
};

/// For Config::clock: a clock that stands still until it is moved, so that a test of an hour of retries takes
/// a millisecond.
///
///     auto clock = std::make_shared<operate::testing::ManualClock>();
///     config.clock = clock;
///     // After a call that was repeated once:
///     EXPECT_EQ(clock->sleeps().size(), 1u);
///
/// It moves deadlines, back-offs and the waits that a server asks for; limits on sockets run on the machine's
/// clock. Thread safety: any number of threads at once.
class ManualClock : public Clock {
 public:
  /// Begins at a time of its own.
  explicit ManualClock(Sleepers sleepers = Sleepers::move_the_clock);
  ~ManualClock() override;

  /// Where it stands.
  time_point now() override;
  /// What a client calls. A sleeper who waits looks for a cancellation every millisecond.
  void sleep_until(time_point time, const CancellationToken& cancel) override;

  /// Moves it forward. Throws std::invalid_argument for a negative time, and for one that no clock can show.
  void advance(std::chrono::milliseconds by);
  /// How long each sleep so far was to be, in the order in which they began; 0 where its time had come.
  std::vector<std::chrono::milliseconds> sleeps() const;
  /// For Sleepers::wait: returns once so many threads sleep at the same time. For a test to know that a call
  /// has come to its wait; one that never does makes it wait for ever.
  void wait_for_sleepers(int count) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
