#pragma once

#include <atomic>
#include <memory>
#include <utility>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace operate::sync {

/// What a process makes for itself when it first asks. After a fork the child makes its own and leaves what
/// it inherited alone, for good: the threads and connections behind that are the parent's, and its lock may
/// be held by a thread that the child does not have. Any number of threads.
template <class T>
class PerProcess {
 public:
  PerProcess() = default;
  ~PerProcess() {
    Held* held = held_.load();
    if (held && held->process == process_id()) delete held;
  }
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;

  /// `make` returns a unique_ptr.
  template <class Make>
  T& get(Make&& make) {
    Held* held = held_.load(std::memory_order_acquire);
    const long process = process_id();
    if (held && held->process == process) return *held->value;
    auto own = std::make_unique<Held>(Held{process, std::forward<Make>(make)()});
    // Where another thread was faster, its value is the one.
    if (held_.compare_exchange_strong(held, own.get())) return *own.release()->value;
    return *held->value;
  }

 private:
  struct Held {
    long process;
    std::unique_ptr<T> value;
  };

  static long process_id() {
#ifdef _WIN32
    return 0;  // There is no fork.
#else
    return static_cast<long>(getpid());
#endif
  }

  std::atomic<Held*> held_{nullptr};
};

}  // namespace operate::sync
