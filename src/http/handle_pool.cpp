#include "http/handle_pool.hpp"

#include "http/sigpipe_guard.hpp"

#include <new>
#include <utility>

namespace operate::http {

Handle::Handle() : easy_(curl_easy_init()), multi_(curl_multi_init()) {
  if (!easy_ || !multi_) {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
    throw std::bad_alloc();
  }
  // One connection a handle, so that the pool's bound is the bound of open sockets as well.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

Handle::~Handle() {
  const SigpipeGuard guard;  // Closing a TLS connection writes to it.
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

HandlePool::Lease HandlePool::lease(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_until(lock, until, [&] { return lent_ < size_; })) return Lease(*this, nullptr);
  std::unique_ptr<Handle> handle;
  if (idle_.empty()) {
    // With room for every handle, giving one back cannot fail.
    idle_.reserve(lent_ + 1);
    handle = std::make_unique<Handle>();
  } else {
    handle = std::move(idle_.back());
    idle_.pop_back();
  }
  ++lent_;
  return Lease(*this, std::move(handle));
}

HandlePool::Lease::~Lease() {
  if (handle_) pool_->give_back(std::move(handle_));
}

void HandlePool::Lease::drop() {
  handle_.reset();
  pool_->give_back(nullptr);
}

void HandlePool::give_back(std::unique_ptr<Handle> handle) {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (handle) idle_.push_back(std::move(handle));
  }
  freed_.notify_one();
}

}  // namespace operate::http
