#include "sync/signal.hpp"

#include "support/sleeping_thread.hpp"

#include <gtest/gtest.h>

#include <future>
#include <list>
#include <thread>
#include <utility>

namespace {

using operate::sync::Signal;

TEST(SignalTest, WhatIsSetIsNotWaitedFor) {
  Signal signal;
  EXPECT_FALSE(signal.is_set());
  signal.set();
  EXPECT_TRUE(signal.is_set());
  signal.wait();
}

TEST(SignalTest, AThreadThatSleepsIsWoken) {
  Signal signal;
  std::promise<operate::test::SleepingThread> begun;
  auto waiting = begun.get_future();
  std::thread thread([&signal, begun = std::move(begun)]() mutable {
    begun.set_value(operate::test::SleepingThread());
    signal.wait();
  });
  waiting.get().wait_until_asleep();
  signal.set();
  thread.join();
}

// Whatever comes first of looking, sleeping and setting. What was written before is seen, which the thread
// sanitizer checks as well.
TEST(SignalTest, NoneIsMissedHoweverTheTwoMeet) {
  struct Pair {
    Signal signal;
    int value = 0;
  };
  std::list<Pair> pairs(20'000);
  std::thread setter([&] {
    for (Pair& pair : pairs) {
      pair.value = 1;
      pair.signal.set();
    }
  });
  int sum = 0;
  for (Pair& pair : pairs) {
    pair.signal.wait();
    sum += pair.value;
  }
  setter.join();
  EXPECT_EQ(sum, 20'000);
}

}  // namespace
