#pragma once

#include <atomic>
#include <chrono>

namespace operate::core {

/// What a client remembers between its calls so that it makes no outage worse: the retries it has in reserve,
/// and until when the server asked it to stay away. Any number of threads, without a lock that a fork could
/// leave held.
class Throttle {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// How long one retry takes to come back by itself, and how many calls that succeed bring it back.
  static constexpr std::chrono::seconds time_of_a_retry{10};
  static constexpr int calls_of_a_retry = 10;

  /// The longest that one answer can hold the client, so that a server's mistake does not last for ever:
  /// after that, a call finds out.
  static constexpr std::chrono::minutes longest_hold{5};

  /// `budget` is how many retries are in reserve, at first and at most.
  explicit Throttle(int budget) : reserve_(budget * time_of_a_retry) {}

  /// Takes a retry out of the reserve; false where there is none.
  bool take_retry(time_point now);
  void call_succeeded(time_point now);

  /// No attempt is to begin for that long.
  void hold(time_point now, std::chrono::milliseconds duration);
  /// When attempts may begin again; long ago where nothing was asked.
  time_point held_until() const;

 private:
  // The reserve is full from this time on, and was spent by what lies between now and then.
  std::atomic<time_point> full_from_{time_point::min()};
  std::atomic<time_point> held_until_{time_point::min()};
  static_assert(std::atomic<time_point>::is_always_lock_free);
  std::chrono::seconds reserve_;
};

}  // namespace operate::core
