#pragma once

#include <atomic>

#ifdef __linux__
#include <semaphore.h>
#endif

namespace operate::sync {

/// Set once by one thread, which keeps it until set() has returned, and waited for by one. Waiting sleeps at
/// once: in GCC 12, std::atomic's looks and yields a few times before, which costs 5 % of an async call's CPU
/// time where the answer is a network away, and a condition variable takes a call of the system more each
/// time to have its mutex again.
class Signal {
 public:
#ifdef __linux__
  Signal() noexcept { sem_init(&semaphore_, 0, 0); }
  ~Signal() { sem_destroy(&semaphore_); }
#else
  Signal() = default;
  ~Signal() = default;
#endif
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// What was written before set() is there for whoever sees that it is set.
  bool is_set() const noexcept { return set_.load(std::memory_order_acquire); }

#ifdef __linux__
  void set() noexcept {
    set_.store(true, std::memory_order_release);
    sem_post(&semaphore_);
  }
  void wait() noexcept {
    while (!is_set() && sem_wait(&semaphore_) != 0) {  // A signal handler ran.
    }
  }
#else
  void set() noexcept {
    set_.store(true, std::memory_order_release);
    set_.notify_one();
  }
  void wait() noexcept { set_.wait(false, std::memory_order_acquire); }
#endif

 private:
  std::atomic<bool> set_{false};
#ifdef __linux__
  sem_t semaphore_;
#endif
};

}  // namespace operate::sync
