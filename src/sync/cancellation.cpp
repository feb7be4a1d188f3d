#include "sync/cancellation.hpp"

#include <thread>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

bool CancellationToken::is_cancelled() const noexcept { return state_ && state_->is_cancelled(); }

bool CancellationToken::wait_until(std::chrono::steady_clock::time_point time) const {
  if (state_)
    state_->wait_until(time);
  else
    std::this_thread::sleep_until(time);
  return is_cancelled();
}

CancellationSource::CancellationSource() : state_(std::make_shared<detail::CancellationState>()) {}
void CancellationSource::cancel() const noexcept { state_->cancel(); }
bool CancellationSource::is_cancelled() const noexcept { return state_->is_cancelled(); }

namespace detail {

void CancellationState::cancel() noexcept {
  const std::lock_guard lock(mutex_);
  if (cancelled_.exchange(true)) return;
  for (CancellationCallback* callback = first_; callback; callback = callback->next_)
    callback->function_(callback->argument_);
  changed_.notify_all();
}

void CancellationState::wait_until(std::chrono::steady_clock::time_point time) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, time, [&] { return is_cancelled(); });
}

void CancellationState::add(CancellationCallback& callback) {
  const std::lock_guard lock(mutex_);
  callback.next_ = first_;
  if (first_) first_->previous_ = &callback;
  first_ = &callback;
  if (is_cancelled()) callback.function_(callback.argument_);
}

void CancellationState::remove(CancellationCallback& callback) {
  const std::lock_guard lock(mutex_);
  (callback.previous_ ? callback.previous_->next_ : first_) = callback.next_;
  if (callback.next_) callback.next_->previous_ = callback.previous_;
}

CancellationCallback::CancellationCallback(const CancellationToken& token, Function function, void* argument)
    : state_(CancellationState::of(token)), function_(function), argument_(argument) {
  if (state_) state_->add(*this);
}

CancellationCallback::~CancellationCallback() {
  if (state_) state_->remove(*this);
}

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
