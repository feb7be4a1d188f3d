#pragma once

#ifndef _WIN32
#include <csignal>
#endif

namespace operate::http {

/// Keeps a SIGPIPE that this thread causes, by writing to a connection that the server closed, away from the
/// host program, without touching its handlers. Sockets are written to by TLS libraries, which do not pass
/// MSG_NOSIGNAL.
class SigpipeGuard {
 public:
#ifdef _WIN32
  SigpipeGuard() = default;
#else
  SigpipeGuard() {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    if (was_pending_) return;
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeGuard() {
    if (was_pending_) return;
    sigset_t pending;
    sigpending(&pending);
    if (sigismember(&pending, SIGPIPE) == 1) {
      int taken = 0;
      sigwait(&sigpipe_, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
#endif
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

#ifndef _WIN32
 private:
  bool was_pending_ = false;
  sigset_t sigpipe_ = {}, before_ = {};
#endif
};

}  // namespace operate::http
