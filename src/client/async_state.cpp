#include "client/async_state.hpp"

#include "core/error_details.hpp"

#include <stdexcept>
#include <utility>

namespace operate {
inline namespace v0 {

Executor::~Executor() = default;

namespace detail {

void AsyncState::set(AsyncOutcome outcome) {
  bool promised = false;
  {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
    promised = use_ == Use::promised;
    ready_.set();
  }
  if (promised) deliver();
}

bool AsyncState::is_ready() const noexcept { return ready_.is_set(); }

void AsyncState::require_unused() const {
  if (use_ != Use::none)
    throw std::logic_error("operate::Async: the result was taken before, or is promised to then()");
}

AsyncOutcome AsyncState::take() {
  {
    const std::lock_guard lock(mutex_);
    require_unused();
    if (!is_ready() && delivery_->is_this_thread())
      throw std::logic_error(
          "operate::Async: get(), or a list with prefetch, would wait for itself on the client's own thread; "
          "use then() or co_await");
    use_ = Use::taken;
  }
  ready_.wait();
  return std::move(outcome_);
}

void AsyncState::then(std::function<void(AsyncOutcome&&)> continuation) {
  {
    const std::lock_guard lock(mutex_);
    require_unused();
    continuation_ = std::move(continuation);
    use_ = Use::promised;
    if (!is_ready()) return;
  }
  deliver();
}

void AsyncState::forget() noexcept {
  const std::lock_guard lock(mutex_);
  use_ = Use::taken;
}

void AsyncState::deliver() {
  delivery_->deliver([self = shared_from_this()] { self->run_continuation(); });
}

void AsyncState::run_continuation() noexcept {
  std::function<void(AsyncOutcome&&)> continuation;
  {
    const std::lock_guard lock(mutex_);
    if (use_ != Use::promised) return;
    use_ = Use::taken;
    continuation.swap(continuation_);
  }
  try {
    continuation(std::move(outcome_));
    // What it holds goes here, where what that throws is heard of, too.
    continuation = nullptr;
  } catch (...) {
    if (on_throw_) on_throw_(number_, std::current_exception());
  }
}

AsyncOutcome failed(std::exception_ptr exception) {
  AsyncOutcome outcome;
  outcome.exception = std::move(exception);
  try {
    std::rethrow_exception(outcome.exception);
  } catch (const Error& error) {
    outcome.error = error.clone();
  } catch (...) {
    ErrorDetails details;
    details.what = "the call was ended by an exception that is none of the SDK's; get() throws it as it is";
    outcome.error = std::make_shared<Error>(std::make_shared<const ErrorDetails>(std::move(details)));
  }
  return outcome;
}

AsyncState& AsyncHandle::state() const {
  if (!state_) throw std::logic_error("operate::Async: it was moved from");
  return *state_;
}
bool AsyncHandle::is_ready() const noexcept { return state_ && state_->is_ready(); }
void AsyncHandle::cancel() const noexcept {
  if (state_) state_->cancel();
}
AsyncOutcome AsyncHandle::take() const { return state().take(); }
void AsyncHandle::then(std::function<void(AsyncOutcome&&)> continuation) const {
  state().then(std::move(continuation));
}
void AsyncHandle::forget() const noexcept {
  if (state_) state_->forget();
}

}  // namespace detail
}  // namespace v0
}  // namespace operate
