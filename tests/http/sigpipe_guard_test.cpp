#include "http/sigpipe_guard.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <csignal>

namespace {

int handled = 0;

class SigpipeGuardTest : public testing::Test {
 protected:
  SigpipeGuardTest() {
    handled = 0;
    struct sigaction mine = {};
    mine.sa_handler = [](int) { ++handled; };
    sigaction(SIGPIPE, &mine, &before_);
  }
  ~SigpipeGuardTest() override { sigaction(SIGPIPE, &before_, nullptr); }

  static void write_to_nobody() {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    close(ends[0]);
    EXPECT_EQ(write(ends[1], "x", 1), -1);
    close(ends[1]);
  }
  static bool is_pending() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  }

 private:
  struct sigaction before_ = {};
};

TEST_F(SigpipeGuardTest, TakesTheSignalThatItsThreadCauses) {
  {
    const operate::http::SigpipeGuard guard;
    write_to_nobody();
  }
  EXPECT_EQ(handled, 0);
  EXPECT_FALSE(is_pending());
  write_to_nobody();
  EXPECT_EQ(handled, 1);  // And leaves the handler and the mask as they were.
}

TEST_F(SigpipeGuardTest, LeavesASignalThatWasWaitingBefore) {
  sigset_t sigpipe, mask;
  sigemptyset(&sigpipe);
  sigaddset(&sigpipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &sigpipe, &mask);
  write_to_nobody();
  {
    const operate::http::SigpipeGuard guard;
    write_to_nobody();
  }
  EXPECT_TRUE(is_pending());
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  EXPECT_EQ(handled, 1);
}

}  // namespace
