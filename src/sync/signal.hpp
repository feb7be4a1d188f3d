#pragma once

#include <atomic>

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace operate::sync {

/// Set once, and waited for by any number of threads. Waiting sleeps at once: std::atomic's, as of GCC 12,
/// looks and yields a few times before, which takes longer than to sleep where the answer is a network away;
/// a condition variable takes a call of the system more each time to have its mutex again.
class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  bool is_set() const noexcept { return state_.load(std::memory_order_acquire) == set_; }

  /// What was written before is there for whoever sees that it is set.
  void set() noexcept {
    if (state_.exchange(set_) == awaited_) wake_all();
  }

  void wait() noexcept {
    for (int state = state_; state != set_; state = state_)
      if (state == awaited_ || state_.compare_exchange_strong(state, awaited_)) sleep();
  }

 private:
  static constexpr int unset_ = 0, awaited_ = 1, set_ = 2;

#ifdef __linux__
  static_assert(sizeof(std::atomic<int>) == sizeof(int) && std::atomic<int>::is_always_lock_free);
  void sleep() noexcept { syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, awaited_, nullptr); }
  void wake_all() noexcept { syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1 << 30); }
#else
  void sleep() noexcept { state_.wait(awaited_); }
  void wake_all() noexcept { state_.notify_all(); }
#endif

  std::atomic<int> state_{unset_};
};

}  // namespace operate::sync
