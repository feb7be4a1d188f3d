#include "sync/cancellation.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace {

using operate::CancellationSource;
using operate::CancellationToken;
using operate::detail::CancellationCallback;
using Clock = std::chrono::steady_clock;

void count(void* counter) noexcept { ++*static_cast<std::atomic<int>*>(counter); }

TEST(CancellationTest, ATokenOfItsOwnIsNeverCancelled) {
  const CancellationToken token;
  EXPECT_FALSE(token.can_be_cancelled());
  EXPECT_FALSE(token.is_cancelled());
  EXPECT_FALSE(token.wait_until(Clock::now()));
}

TEST(CancellationTest, AllCopiesAreCancelledAndStaySo) {
  CancellationSource source;
  const CancellationSource copy = source;
  const CancellationSource taken = std::move(source);
  const CancellationToken token = copy.token();
  EXPECT_TRUE(token.can_be_cancelled());
  EXPECT_FALSE(token.is_cancelled());
  taken.cancel();
  taken.cancel();
  EXPECT_TRUE(token.is_cancelled());
  EXPECT_TRUE(source.is_cancelled());  // NOLINT(bugprone-use-after-move): a moved-from source still works.
  EXPECT_TRUE(source.token().is_cancelled());
}

TEST(CancellationTest, ATokenOutlivesItsSource) {
  CancellationToken token;
  {
    const CancellationSource source;
    token = source.token();
  }
  EXPECT_FALSE(token.is_cancelled());
}

TEST(CancellationTest, AWaitEndsWhenItIsCancelled) {
  const CancellationSource source;
  std::promise<void> waiting;
  auto woken = std::async(std::launch::async, [&] {
    waiting.set_value();
    return source.token().wait_until(Clock::time_point::max());
  });
  waiting.get_future().wait();
  source.cancel();
  EXPECT_TRUE(woken.get());
  EXPECT_TRUE(source.token().wait_until(Clock::time_point::max()));
}

TEST(CancellationTest, CallbacksRunOnceEachAndOnlyWhileTheyAreRegistered) {
  const CancellationSource source;
  std::atomic<int> first{0}, second{0}, third{0}, late{0};
  const CancellationCallback one(source.token(), &count, &first);
  { const CancellationCallback two(source.token(), &count, &second); }
  const CancellationCallback three(source.token(), &count, &third);
  source.cancel();
  source.cancel();
  const CancellationCallback four(source.token(), &count, &late);
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 0);
  EXPECT_EQ(third, 1);
  EXPECT_EQ(late, 1);
}

// What a callback touches may be gone once its destructor has returned; the sanitizers see it where it is
// touched all the same.
TEST(CancellationTest, NoCallbackRunsOnceItIsGone) {
  for (int round = 0; round < 500; ++round) {
    const CancellationSource source;
    std::thread canceller([&] { source.cancel(); });
    {
      const auto runs = std::make_unique<std::atomic<int>>(0);
      { const CancellationCallback callback(source.token(), &count, runs.get()); }
      EXPECT_LE(*runs, 1);
    }
    canceller.join();
  }
}

TEST(CancellationTest, CallbacksComeAndGoFromManyThreads) {
  const CancellationSource source;
  std::atomic<int> runs{0}, rounds{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      while (!source.is_cancelled()) {
        const CancellationCallback outer(source.token(), &count, &runs);
        const CancellationCallback inner(source.token(), &count, &runs);
        ++rounds;
      }
    });
  while (rounds < 1000) std::this_thread::yield();
  source.cancel();
  for (auto& thread : threads) thread.join();
  EXPECT_LE(runs, 4 * 2);
}

}  // namespace
