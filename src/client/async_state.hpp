#pragma once

#include "sync/signal.hpp"

#include <operate/cancellation.hpp>
#include <operate/detail/async_handle.hpp>
#include <operate/executor.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

class AsyncState;

/// How results leave a client: what an AsyncState needs of the thread that brings them.
class AsyncDelivery {
 public:
  AsyncDelivery() = default;
  AsyncDelivery(const AsyncDelivery&) = delete;
  AsyncDelivery& operator=(const AsyncDelivery&) = delete;
  virtual ~AsyncDelivery() = default;

  /// Lets AsyncState::run_continuation() run where results are delivered.
  virtual void deliver(std::shared_ptr<AsyncState> state) noexcept = 0;
  /// Whether this is the thread that brings results.
  virtual bool is_this_thread() const noexcept = 0;
};

/// What an Async and the call that it stands for share. Any number of threads.
class AsyncState : public std::enable_shared_from_this<AsyncState> {
 public:
  /// Hears what a continuation has thrown, and the number of the call that it was given.
  using OnThrow = std::function<void(std::uint64_t call, const std::exception_ptr& thrown)>;
  AsyncState(std::shared_ptr<AsyncDelivery> delivery, OnThrow on_throw)
      : delivery_(std::move(delivery)), on_throw_(std::move(on_throw)) {}

  /// Ends the call.
  void cancel() const noexcept { stop_.cancel(); }
  /// By which the call hears of it.
  CancellationToken token() const noexcept { return stop_.token(); }

  /// The call's number in events; to be set before anybody has a handle.
  void set_number(std::uint64_t number) noexcept { number_ = number; }

  /// The call has ended; to be called once, by the thread that brings results or before there is a handle.
  void set(AsyncOutcome outcome);

  bool is_ready() const noexcept;
  AsyncOutcome take();
  void then(std::function<void(AsyncOutcome&&)> continuation);
  void forget() noexcept;

  /// Gives the outcome to what then() was given, unless that was forgotten.
  void run_continuation() noexcept;
  /// For whoever delivers: the one behind this one in line.
  std::shared_ptr<AsyncState> next = {};

 private:
  enum class Use { none, taken, promised };
  void require_unused() const;

  const CancellationSource stop_;
  const std::shared_ptr<AsyncDelivery> delivery_;
  const OnThrow on_throw_;
  std::uint64_t number_ = 0;
  sync::Signal ready_;  // Once there is an outcome.
  std::mutex mutex_;
  Use use_ = Use::none;
  AsyncOutcome outcome_;
  std::function<void(AsyncOutcome&&)> continuation_;
};

/// The outcome of a call that has ended in this exception, whose error says so where it is none of the SDK's,
/// or where there is no memory for a copy of it.
AsyncOutcome failed(std::exception_ptr exception) noexcept;
/// Makes what failed() needs where there is no memory. Throws std::bad_alloc.
void prepare_to_fail();

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
