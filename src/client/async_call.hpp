#pragma once

#include "client/async_state.hpp"
#include "client/call.hpp"
#include "client/call_context.hpp"
#include "client/call_reporter.hpp"
#include "core/exchange.hpp"
#include "sync/cancellation.hpp"

#include <operate/request.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>

namespace operate::client {

/// A call on its way through the client's thread: its arguments, its decisions, and whom its outcome goes to.
class AsyncCall {
 public:
  /// Makes the value of a call whose last answer has any status, or throws the error that stands for it.
  using Read = std::function<std::shared_ptr<void>(core::Exchange&&)>;

  /// `wake` is called, on any thread, once the call is cancelled, by its handle or by the options' token.
  AsyncCall(CallContext& context, Request request, RequestOptions options, bool safe_to_repeat, Read read,
            std::shared_ptr<detail::AsyncState> state, detail::CancellationCallback::Function wake,
            void* to_wake);

  Call& call() noexcept { return call_; }
  bool is_cancelled() const { return options_.cancel.is_cancelled(); }
  void cancel() const { state_->cancel(); }

  /// The call is over: its value or its error goes to its handle.
  void finish();
  /// Something else has ended it.
  void fail(std::exception_ptr exception);

  /// Where the client's thread has put it.
  enum class Place { nowhere, asleep, in_line, wants_key, on_the_wire };
  Place place = Place::nowhere;
  std::multimap<Clock::time_point, AsyncCall*>::iterator timer = {};
  std::list<AsyncCall*>::iterator in_line = {};
  bool missed_fetch = false;  // Came when the key had been asked for, and what came of it was not yet heard.
  std::uint64_t epoch = 0;
  std::list<std::unique_ptr<AsyncCall>>::iterator self = {};

 private:
  detail::AsyncOutcome outcome();
  static RequestOptions with_token(RequestOptions options, const CancellationToken& token);

  const Request request_;
  const CancellationToken users_token_;
  const RequestOptions options_;
  const Read read_;
  const std::shared_ptr<detail::AsyncState> state_;
  detail::CallReporter reporter_;
  Call call_;
  // Last, so that nobody is woken for what is half made, or half gone.
  const detail::CancellationCallback wake_;
  const detail::CancellationCallback forward_;
};

}  // namespace operate::client
