#include "client/alarm.hpp"

#include <utility>

namespace operate::client {

Alarm::Alarm(std::shared_ptr<Clock> clock, std::function<void()> ring)
    : clock_(std::move(clock)), ring_(std::move(ring)) {}

Alarm::~Alarm() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    interrupt_.cancel();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Alarm::set(std::optional<Clock::time_point> time) {
  const std::lock_guard lock(mutex_);
  if (time == time_) return;
  // What may fail comes first, so that whoever sets the time again finds nothing half done.
  const CancellationSource interrupt;
  if (time && !thread_.joinable()) thread_ = std::thread([this] { run(); });
  time_ = time;
  interrupt_.cancel();
  interrupt_ = interrupt;
  changed_.notify_all();
}

std::exception_ptr Alarm::take_failure() {
  const std::lock_guard lock(mutex_);
  return std::exchange(failure_, nullptr);
}

void Alarm::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return over_ || time_; });
    if (over_) return;
    const auto time = *time_;
    const CancellationToken token = interrupt_.token();
    lock.unlock();
    std::exception_ptr failure;
    try {
      clock_->sleep_until(time, token);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (token.is_cancelled()) continue;  // Another time was set, or none.
    if (failure) failure_ = std::move(failure);
    // Before it rings, as whoever is woken may set the same time anew.
    time_.reset();
    lock.unlock();
    ring_();
    lock.lock();
  }
}

}  // namespace operate::client
