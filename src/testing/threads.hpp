#pragma once

#include <operate/version.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// Runs each function on a thread of its own, of which nothing stays behind when it ends.
class Threads {
 public:
  Threads() = default;
  ~Threads() { wait(); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  void run(std::function<void()> function) {
    const std::lock_guard lock(mutex_);
    std::thread([this, function = std::move(function)]() mutable {
      function();
      function = nullptr;
      const std::lock_guard done(mutex_);
      --running_;
      // Under the lock: this object may be gone as soon as the lock is.
      finished_.notify_all();
    }).detach();
    ++running_;
  }
  void wait() {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable finished_;
  int running_ = 0;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
