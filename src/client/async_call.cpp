#include "client/async_call.hpp"

#include <operate/error.hpp>

#include <utility>

namespace operate::client {

RequestOptions AsyncCall::with_token(RequestOptions options, const CancellationToken& token) {
  options.cancel = token;
  return options;
}

AsyncCall::AsyncCall(CallContext& context, Request request, RequestOptions options, bool safe_to_repeat,
                     Read read, std::shared_ptr<detail::AsyncState> state,
                     detail::CancellationCallback::Function wake, void* to_wake)
    : request_(std::move(request)),
      users_token_(options.cancel),
      options_(with_token(std::move(options), state->token())),
      read_(std::move(read)),
      state_(std::move(state)),
      reporter_(context.config.observer.get(), request_, *context.keys, *context.clock),
      call_(context, request_, options_, safe_to_repeat, reporter_),
      wake_(options_.cancel, wake, to_wake),
      forward_(
          users_token_, [](void* state) noexcept { static_cast<detail::AsyncState*>(state)->cancel(); },
          state_.get()) {
  state_->set_number(reporter_.number());
}

// What leaves here is this thread's last reference to an exception: how those are counted, inside the C++
// library, is hidden from the thread sanitizer.
void AsyncCall::finish() { state_->set(outcome()); }

void AsyncCall::fail(std::exception_ptr exception) { state_->set(detail::failed(std::move(exception))); }

detail::AsyncOutcome AsyncCall::outcome() {
  std::exception_ptr exception;
  try {
    detail::AsyncOutcome outcome;
    outcome.value = read_(call_.finish());
    reporter_.succeeded();
    return outcome;
  } catch (const Error& error) {
    reporter_.failed(error);
    exception = std::current_exception();
  } catch (...) {
    exception = std::current_exception();
  }
  return detail::failed(std::move(exception));
}

}  // namespace operate::client
