#pragma once

#include <curl/curl.h>

#ifdef __linux__
#include <sys/eventfd.h>
#include <unistd.h>
#endif

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace operate::http {

/// Waits for a multi's sockets until another thread wakes it. Where there is an eventfd, it takes the place
/// of the pair of sockets that libcurl 7.88 has for it, which takes two calls of the system more each time.
class Waker {
 public:
  /// Throws std::system_error where the program may open no file more.
  explicit Waker(CURLM* multi) : multi_(multi) {
#ifdef __linux__
    if (event_ < 0) throw std::system_error(errno, std::generic_category(), "operate: eventfd");
#endif
  }
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

#ifdef __linux__
  ~Waker() { close(event_); }
  /// Any thread.
  void wake() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto bytes = write(event_, &one, sizeof one);
  }
  /// Waits for the sockets as well. Returns at once where it was woken since it returned the last time.
  void wait(std::chrono::milliseconds at_most) noexcept {
    curl_waitfd event = {event_, CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi_, &event, 1, static_cast<int>(at_most.count()), nullptr);
    if (event.revents != 0) wait_for_wake();
  }
  /// The same where there are no sockets and there is no limit.
  void wait_for_wake() noexcept {
    std::uint64_t times = 0;
    [[maybe_unused]] const auto bytes = read(event_, &times, sizeof times);
  }
#else
  /// Any thread.
  void wake() noexcept { curl_multi_wakeup(multi_); }
  /// Waits for the sockets as well. Returns at once where it was woken since it returned the last time.
  void wait(std::chrono::milliseconds at_most) noexcept {
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(at_most.count()), nullptr);
  }
  /// The same where there are no sockets and there is no limit.
  void wait_for_wake() noexcept { wait(std::chrono::minutes(1)); }
#endif

 private:
  CURLM* multi_;
#ifdef __linux__
  const int event_ = eventfd(0, EFD_CLOEXEC);
#endif
};

}  // namespace operate::http
