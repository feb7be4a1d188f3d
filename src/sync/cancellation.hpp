#pragma once

#include <operate/cancellation.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// Runs a function once its token is cancelled, on the thread that cancels it; at once where that has
/// happened. Once the destructor has returned, it neither runs nor is running. The function must be quick,
/// and must not touch the token.
class CancellationCallback {
 public:
  using Function = void (*)(void* argument) noexcept;
  CancellationCallback(const CancellationToken& token, Function function, void* argument);
  ~CancellationCallback();
  CancellationCallback(const CancellationCallback&) = delete;
  CancellationCallback& operator=(const CancellationCallback&) = delete;

 private:
  friend class CancellationState;
  CancellationState* state_;
  Function function_;
  void* argument_;
  CancellationCallback* previous_ = nullptr;
  CancellationCallback* next_ = nullptr;
};

/// What a source and its tokens share.
class CancellationState {
 public:
  static CancellationState* of(const CancellationToken& token) noexcept { return token.state_.get(); }

  bool is_cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }
  void cancel() noexcept;
  void wait_until(std::chrono::steady_clock::time_point time);
  void add(CancellationCallback& callback);
  void remove(CancellationCallback& callback);

 private:
  std::atomic<bool> cancelled_{false};
  // Held while the callbacks run, so that remove() waits for them.
  std::mutex mutex_;
  std::condition_variable changed_;
  CancellationCallback* first_ = nullptr;
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
