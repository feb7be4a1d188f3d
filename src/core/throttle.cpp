#include "core/throttle.hpp"

#include <algorithm>

namespace operate::core {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

namespace {

std::int64_t count_of(Throttle::time_point time) {
  return duration_cast<nanoseconds>(time.time_since_epoch()).count();
}

constexpr std::int64_t retry = nanoseconds(Throttle::time_of_a_retry).count();

}  // namespace

bool Throttle::take_retry(time_point now) {
  std::int64_t full = full_from_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t after = std::max(full, count_of(now)) + retry;
    if (after - count_of(now) > reserve_.count()) return false;
    if (full_from_.compare_exchange_weak(full, after, std::memory_order_relaxed)) return true;
  }
}

void Throttle::call_succeeded(time_point now) {
  std::int64_t full = full_from_.load(std::memory_order_relaxed);
  while (full > count_of(now) &&
         !full_from_.compare_exchange_weak(full, full - retry / 10, std::memory_order_relaxed))
    continue;
}

void Throttle::hold(time_point now, std::chrono::milliseconds duration) {
  const std::int64_t until = count_of(now + std::min<nanoseconds>(duration, longest_hold));
  std::int64_t held = held_until_.load(std::memory_order_relaxed);
  while (held < until && !held_until_.compare_exchange_weak(held, until, std::memory_order_relaxed)) continue;
}

Throttle::time_point Throttle::held_until() const {
  return time_point(
      duration_cast<time_point::duration>(nanoseconds(held_until_.load(std::memory_order_relaxed))));
}

}  // namespace operate::core
