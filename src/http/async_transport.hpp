#pragma once

#include <operate/transport.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <vector>

namespace operate::http {

/// Makes any number of attempts at a time for one thread, which alone may call what is not said to be for
/// any.
class AsyncTransport {
 public:
  AsyncTransport() = default;
  AsyncTransport(const AsyncTransport&) = delete;
  AsyncTransport& operator=(const AsyncTransport&) = delete;
  virtual ~AsyncTransport() = default;

  /// An attempt begins. The request has to live until it has ended. `owner` is what it is known by.
  virtual void begin(void* owner, const TransportRequest& request, const TransportLimits& limits) = 0;
  /// Some of the attempts' tokens were cancelled.
  virtual void note_cancellation() noexcept = 0;

  /// How an attempt ended; where `exception` is set, in that.
  struct Ended {
    void* owner = nullptr;
    TransportResult result = TransportFailure{};
    std::exception_ptr exception = {};
  };
  /// Moves all attempts on as far as they go without waiting, and adds those that have ended.
  virtual void perform(std::vector<Ended>& ended) = 0;

  static constexpr std::chrono::milliseconds no_limit = std::chrono::milliseconds::max();
  /// Waits until there is something to do, wake() was called or the time, if it is limited, is up.
  virtual void wait(std::chrono::milliseconds at_most) = 0;
  /// Ends wait(), or the next one. Any thread.
  virtual void wake() noexcept = 0;

  /// How many attempts are under way.
  virtual std::size_t size() const noexcept = 0;
  /// How many there may be, so that none waits for a connection where its time runs already.
  virtual std::size_t capacity() const noexcept = 0;
};

}  // namespace operate::http
