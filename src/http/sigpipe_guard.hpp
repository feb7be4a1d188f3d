#pragma once

#ifndef _WIN32
#include <csignal>
#include <ctime>
#endif

namespace operate::http {

/// Keeps a SIGPIPE that this thread causes, by writing to a connection that the server closed, away from the
/// host program, without touching its handlers. Some TLS libraries write to sockets without MSG_NOSIGNAL.
class SigpipeGuard {
 public:
#ifdef _WIN32
  SigpipeGuard() = default;
#else
  SigpipeGuard() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    // A signal can only have been waiting for this thread where the thread blocked it itself.
    was_waiting_ = sigismember(&before_, SIGPIPE) == 1 && is_waiting();
  }
  ~SigpipeGuard() {
    if (!was_waiting_ && is_waiting()) {
#ifdef __APPLE__
      int taken = 0;
      sigwait(&sigpipe_, &taken);
#else
      // Not sigwait, which would wait for ever where another thread took the signal meanwhile.
      const timespec at_once{0, 0};
      sigtimedwait(&sigpipe_, nullptr, &at_once);
#endif
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
#endif
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

#ifndef _WIN32

 private:
  static bool is_waiting() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  }

  sigset_t sigpipe_, before_;
  bool was_waiting_ = false;
#endif
};

}  // namespace operate::http
