#pragma once

#include <operate/cancellation.hpp>
#include <operate/clock.hpp>

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace operate::client {

/// Wakes a thread that cannot sleep on a Clock of the user's own, as it waits for a network: a thread of its
/// own sleeps instead.
class Alarm {
 public:
  /// `ring` is called on the alarm's thread when the time has come, or the clock has failed.
  Alarm(std::shared_ptr<Clock> clock, std::function<void()> ring);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Instead of any time before; none: never. One thread.
  void set(std::optional<Clock::time_point> time);
  /// What the clock has thrown, once.
  std::exception_ptr take_failure();

 private:
  void run();

  const std::shared_ptr<Clock> clock_;
  const std::function<void()> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Clock::time_point> time_;
  CancellationSource interrupt_;
  std::exception_ptr failure_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace operate::client
