#include "client/transport_threads.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace operate::client {

TransportThreads::TransportThreads(std::shared_ptr<Transport> transport, std::size_t capacity)
    : transport_(std::move(transport)), capacity_(capacity) {}

TransportThreads::~TransportThreads() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    work_.notify_all();
  }
  for (auto& thread : threads_) thread.join();
}

void TransportThreads::begin(void* owner, const TransportRequest& request, const TransportLimits& limits) {
  const std::lock_guard lock(mutex_);
  if (idle_ <= waiting_.size() && threads_.size() < capacity_) threads_.emplace_back([this] { run(); });
  ended_.reserve(size_ + 1);  // So that noting the end of one cannot fail.
  waiting_.push_back({owner, &request, limits});
  ++size_;
  work_.notify_one();
}

void TransportThreads::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    work_.wait(lock, [&] { return over_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    const Attempt attempt = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    Ended ended{attempt.owner};
    try {
      ended.result = transport_->send(*attempt.request, attempt.limits);
    } catch (...) {
      ended.exception = std::current_exception();
    }
    lock.lock();
    ended_.push_back(std::move(ended));
    news_.notify_one();
  }
}

void TransportThreads::perform(std::vector<Ended>& ended) {
  const std::lock_guard lock(mutex_);
  ended.reserve(ended.size() + ended_.size());
  std::move(ended_.begin(), ended_.end(), std::back_inserter(ended));
  size_ -= ended_.size();
  ended_.clear();
}

void TransportThreads::wait(std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  // No limit, added to a time, would be before it.
  news_.wait_for(lock, std::min<std::chrono::milliseconds>(at_most, std::chrono::hours(1)),
                 [&] { return woken_ || !ended_.empty(); });
  woken_ = false;
}

void TransportThreads::wake() noexcept {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  news_.notify_one();
}

}  // namespace operate::client
