#include "client/async_state.hpp"

#include "core/error_details.hpp"

#include <stdexcept>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

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
  if (promised) delivery_->deliver(shared_from_this());
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
  delivery_->deliver(shared_from_this());
}

void AsyncState::forget() noexcept {
  const std::lock_guard lock(mutex_);
  use_ = Use::taken;
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
    try {
      if (on_throw_) on_throw_(number_, std::current_exception());
    } catch (...) {  // NOLINT(bugprone-empty-catch): without memory, nobody hears of it.
    }
  }
}

namespace {

std::shared_ptr<const Error> error_of_none() {
  ErrorDetails details;
  details.what =
      "the call was ended by an exception that get() throws as it is: none of the SDK's, or there "
      "is no memory for a copy of it";
  return std::make_shared<Error>(std::make_shared<const ErrorDetails>(std::move(details)));
}

// Never destroyed, as calls may end after what is static has gone.
const std::shared_ptr<const Error>& error_in_reserve() {
  static const auto* const error = new std::shared_ptr<const Error>(error_of_none());
  return *error;
}

}  // namespace

void prepare_to_fail() { error_in_reserve(); }

AsyncOutcome failed(std::exception_ptr exception) noexcept {
  AsyncOutcome outcome;
  outcome.exception = std::move(exception);
  outcome.error = error_in_reserve();
  try {
    std::rethrow_exception(outcome.exception);
  } catch (const Error& error) {
    try {
      outcome.error = error.clone();
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory; the exception is whole.
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): what is in reserve says so.
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
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
