#include "core/throttle.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::core::Throttle;

const Throttle::time_point now{1000h};

TEST(ThrottleTest, GivesWhatIsInReserveAndNoMore) {
  Throttle throttle(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(throttle.take_retry(now)) << i;
  EXPECT_FALSE(throttle.take_retry(now));
}

TEST(ThrottleTest, ARetryComesBackWithTime) {
  Throttle throttle(1);
  EXPECT_TRUE(throttle.take_retry(now));
  EXPECT_FALSE(throttle.take_retry(now + Throttle::time_of_a_retry - 1ns));
  EXPECT_TRUE(throttle.take_retry(now + Throttle::time_of_a_retry));
}

TEST(ThrottleTest, ARetryComesBackWithTenCallsThatSucceed) {
  Throttle throttle(2);
  throttle.take_retry(now);
  throttle.take_retry(now);
  for (int i = 0; i < 9; ++i) throttle.call_succeeded(now);
  EXPECT_FALSE(throttle.take_retry(now));
  throttle.call_succeeded(now);
  EXPECT_TRUE(throttle.take_retry(now));
}

TEST(ThrottleTest, TheReserveNeverGrowsBeyondTheBudget) {
  Throttle throttle(1);
  for (int i = 0; i < 1000; ++i) throttle.call_succeeded(now);
  EXPECT_TRUE(throttle.take_retry(now + 24h));
  EXPECT_FALSE(throttle.take_retry(now + 24h));
}

TEST(ThrottleTest, TheReserveIsSharedAmongThreadsWithoutOneLostOrDoubled) {
  Throttle throttle(5'000);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2'000; ++i) taken += throttle.take_retry(now);
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 5'000);
}

TEST(ThrottleTest, TheLongestHoldCounts) {
  Throttle throttle(1);
  EXPECT_LE(throttle.held_until(), now);
  throttle.hold(now, 60s);
  throttle.hold(now, 30s);
  EXPECT_EQ(throttle.held_until(), now + 60s);
  throttle.hold(now, 24h);
  EXPECT_EQ(throttle.held_until(), now + Throttle::longest_hold);
}

}  // namespace
