#pragma once

#include <operate/clock.hpp>

#include <mutex>
#include <vector>

namespace operate::test {

/// Stands still until somebody sleeps, and then is at once where the sleeper wanted to be.
class ManualClock : public Clock {
 public:
  time_point now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void sleep_until(time_point time, const CancellationToken&) override {
    const std::lock_guard lock(mutex_);
    sleeps_.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time - now_));
    now_ = time;
  }
  void advance(std::chrono::milliseconds by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }
  std::vector<std::chrono::milliseconds> sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

 private:
  mutable std::mutex mutex_;
  time_point now_{};
  std::vector<std::chrono::milliseconds> sleeps_;
};

}  // namespace operate::test
