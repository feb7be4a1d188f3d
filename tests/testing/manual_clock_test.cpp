#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>
#include <operate/testing/scripted_transport.hpp>

#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

namespace {

using namespace std::chrono_literals;
using operate::testing::ManualClock;
using operate::testing::Sleepers;

operate::Config config_of(const std::shared_ptr<ManualClock>& clock) {
  const auto script = std::make_shared<operate::testing::ScriptedTransport>();
  script->whenever({}, operate::TransportResponse{429, {{"Retry-After", "600"}}, ""});
  operate::Config config;
  config.api_key = "a-key";
  config.transport = script;
  config.clock = clock;
  config.deadline = 2h;
  config.retry.max_retries = 100;
  return config;
}

TEST(ManualClockTest, AnHourOfRetriesPassesAtOnce) {
  const auto clock = std::make_shared<ManualClock>();
  const auto begin = clock->now();
  operate::RequestOptions options;
  options.deadline = 1h + 1min;
  operate::test::thrown<operate::RateLimitError>(
      [&] { operate::Client(config_of(clock)).companies().list({}, options); });
  EXPECT_EQ(clock->sleeps().size(), 6u);
  EXPECT_GE(clock->now() - begin, 1h);
}

TEST(ManualClockTest, ASleeperWaitsUntilItIsMovedFarEnough) {
  const auto clock = std::make_shared<ManualClock>(Sleepers::wait);
  const auto begin = clock->now();
  auto sleeper = std::async(std::launch::async, [&] {
    clock->sleep_until(begin + 10s, {});
    return clock->now() - begin;
  });
  clock->wait_for_sleepers(1);
  clock->advance(4s);
  clock->wait_for_sleepers(1);
  clock->advance(7s);
  EXPECT_EQ(sleeper.get(), 11s);
  EXPECT_EQ(clock->sleeps(), std::vector<std::chrono::milliseconds>{10s});
}

TEST(ManualClockTest, WhoseTimeHasComeIsNoSleeper) {
  for (int round = 0; round < 200; ++round) {
    const auto clock = std::make_shared<ManualClock>(Sleepers::wait);
    const auto begin = clock->now();
    auto sleeper = std::async(std::launch::async, [&] {
      clock->sleep_until(begin + 1h, {});
      clock->sleep_until(clock->now() + 1h, {});
    });
    for (int i = 0; i < 2; ++i) {
      clock->wait_for_sleepers(1);
      clock->advance(1h);
    }
    sleeper.get();
    EXPECT_EQ(clock->now() - begin, 2h);
  }
}

TEST(ManualClockTest, ACancelledSleeperMovesNoClock) {
  const operate::CancellationSource stop;
  {
    const auto clock = std::make_shared<ManualClock>(Sleepers::wait);
    auto sleeper =
        std::async(std::launch::async, [&] { clock->sleep_until(clock->now() + 1h, stop.token()); });
    clock->wait_for_sleepers(1);
    stop.cancel();
    sleeper.get();
  }
  ManualClock clock;
  const auto begin = clock.now();
  clock.sleep_until(begin + 1h, stop.token());
  EXPECT_EQ(clock.now(), begin);
}

TEST(ManualClockTest, ATimeThatHasPassedIsNotGoneBackTo) {
  ManualClock clock;
  const auto begin = clock.now();
  clock.advance(5s);
  clock.sleep_until(begin, {});
  clock.sleep_until(ManualClock::time_point::min(), {});
  EXPECT_EQ(clock.now() - begin, 5s);
  EXPECT_EQ(clock.sleeps(), (std::vector<std::chrono::milliseconds>{0ms, 0ms}));
  EXPECT_THROW(clock.advance(-1ms), std::invalid_argument);
  EXPECT_THROW(clock.advance(std::chrono::milliseconds::max()), std::invalid_argument);
  EXPECT_EQ(clock.now() - begin, 5s);
}

}  // namespace
