#include "http/handle_pool.hpp"

#include "http/quick_exit.hpp"
#include "http/sigpipe_guard.hpp"
#include "sync/cancellation.hpp"

#include <new>
#include <utility>

namespace operate::http {

Handle::Handle(const TransportSettings& settings) : easy_(settings), multi_(curl_multi_init()) {
  if (!multi_) throw std::bad_alloc();
  set_quick_exit(multi_);
  // One connection a handle, so that the pool's bound is the bound of open sockets as well.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

Handle::~Handle() {
  const SigpipeGuard guard;  // Closing a TLS connection writes to it.
  curl_multi_cleanup(multi_);
}

HandlePool::Lease HandlePool::lease(std::chrono::steady_clock::time_point until,
                                    const CancellationToken& cancel) {
  State& state = state_.get([] { return std::make_unique<State>(); });
  const detail::CancellationCallback wake(cancel, &State::wake, &state);
  std::unique_lock lock(state.mutex);
  state.freed.wait_until(lock, until,
                         [&] { return state.lent < settings_.max_connections || cancel.is_cancelled(); });
  // A free handle is taken even where the call was cancelled: the news of it may have gone to this call
  // alone.
  if (state.lent >= settings_.max_connections) return Lease(state, nullptr);
  std::unique_ptr<Handle> handle;
  if (state.idle.empty()) {
    // With room for every handle, giving one back cannot fail.
    state.idle.reserve(state.lent + 1);
    handle = std::make_unique<Handle>(settings_);
  } else {
    handle = std::move(state.idle.back());
    state.idle.pop_back();
  }
  ++state.lent;
  return Lease(state, std::move(handle));
}

HandlePool::Lease::~Lease() {
  if (handle_) state_->give_back(std::move(handle_));
}

void HandlePool::Lease::drop() {
  handle_.reset();
  state_->give_back(nullptr);
}

void HandlePool::State::give_back(std::unique_ptr<Handle> handle) {
  {
    const std::lock_guard lock(mutex);
    --lent;
    if (handle) idle.push_back(std::move(handle));
  }
  freed.notify_one();
}

void HandlePool::State::wake(void* state) noexcept {
  auto* self = static_cast<State*>(state);
  { const std::lock_guard lock(self->mutex); }
  self->freed.notify_all();
}

}  // namespace operate::http
