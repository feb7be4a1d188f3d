#pragma once

#include <operate/export.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {
class CancellationState;
}

/// Says whether somebody wants the calls that have it (RequestOptions::cancel) to end. One that was made by
/// itself never does. Any number of threads at once; copies are cheap and mean the same.
class OPERATE_EXPORT CancellationToken {
 public:
  /// Never cancelled.
  CancellationToken() noexcept = default;

  /// Whether it came from a CancellationSource.
  bool can_be_cancelled() const noexcept { return state_ != nullptr; }
  /// Once true, it stays so.
  bool is_cancelled() const noexcept;
  /// Waits until it is cancelled or the time has come, and returns is_cancelled(). For waits of your own, a
  /// Clock's for example.
  bool wait_until(std::chrono::steady_clock::time_point time) const;

 private:
  friend class CancellationSource;
  friend class detail::CancellationState;
  explicit CancellationToken(std::shared_ptr<detail::CancellationState> state) noexcept
      : state_(std::move(state)) {}
  std::shared_ptr<detail::CancellationState> state_;
};

/// Ends calls from another thread: each call that was given its token, wherever it is, throws CancelledError
/// within 50 ms, whatever the network does; a later one, whose arguments are checked first, throws at once. A
/// call whose answer is already whole returns it. (What can delay it: before libcurl 7.87, a name
/// server that does not answer; a Config::clock that sleeps on, a Config::transport that does not look at its
/// token, a callback that gives the API key; and for async calls whatever keeps the client's own thread, as a
/// slow callback does.)
///
///     operate::CancellationSource stop;
///     operate::RequestOptions options;
///     options.cancel = stop.token();
///
/// Destroying it cancels nothing. Any number of threads at once; copies are cheap and share everything. Not
/// to be called in a signal handler. After a fork, the child makes sources of its own: another thread may
/// have held the lock of one that it inherited.
class OPERATE_EXPORT CancellationSource {
 public:
  CancellationSource();

  /// To hand to any number of calls.
  CancellationToken token() const noexcept { return CancellationToken(state_); }
  /// Ends the calls. A second time does nothing.
  void cancel() const noexcept;
  /// Whether cancel() was called.
  bool is_cancelled() const noexcept;

  // No move operations: what was moved from is a copy, and still works.
  /// Copies share everything.
  CancellationSource(const CancellationSource&) = default;
  /// Copies share everything.
  CancellationSource& operator=(const CancellationSource&) = default;
  ~CancellationSource() = default;

 private:
  std::shared_ptr<detail::CancellationState> state_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
