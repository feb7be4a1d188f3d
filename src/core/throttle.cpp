#include "core/throttle.hpp"

#include <algorithm>

namespace operate::core {

bool Throttle::take_retry(time_point now) {
  time_point full = full_from_.load(std::memory_order_relaxed);
  for (;;) {
    const time_point after = std::max(full, now) + time_of_a_retry;
    if (after - now > reserve_) return false;
    if (full_from_.compare_exchange_weak(full, after, std::memory_order_relaxed)) return true;
  }
}

void Throttle::call_succeeded(time_point now) {
  time_point full = full_from_.load(std::memory_order_relaxed);
  while (full > now && !full_from_.compare_exchange_weak(full, full - time_of_a_retry / calls_of_a_retry,
                                                         std::memory_order_relaxed))
    continue;
}

void Throttle::hold(time_point now, std::chrono::milliseconds duration) {
  const time_point until = now + std::min<std::chrono::milliseconds>(duration, longest_hold);
  time_point held = held_until_.load(std::memory_order_relaxed);
  while (held < until && !held_until_.compare_exchange_weak(held, until, std::memory_order_relaxed)) continue;
}

Throttle::time_point Throttle::held_until() const { return held_until_.load(std::memory_order_relaxed); }

}  // namespace operate::core
