#include "core/concurrency.hpp"

#include <gtest/gtest.h>

namespace {

using operate::core::Concurrency;

TEST(ConcurrencyTest, IsUnlimitedUntilTheServerRefuses) {
  Concurrency concurrency;
  concurrency.succeeded(16);
  EXPECT_EQ(concurrency.limit(1000), 1000u);
}

TEST(ConcurrencyTest, IsHalvedOnceForAllThatWereUnderWay) {
  Concurrency concurrency;
  const auto epoch = concurrency.epoch();
  for (int i = 0; i < 16; ++i) concurrency.refused(epoch, 16);
  EXPECT_EQ(concurrency.limit(16), 8u);
  concurrency.refused(concurrency.epoch(), 8);
  EXPECT_EQ(concurrency.limit(16), 4u);
}

TEST(ConcurrencyTest, NeverStops) {
  Concurrency concurrency;
  for (int i = 0; i < 9; ++i) concurrency.refused(concurrency.epoch(), 1);
  EXPECT_EQ(concurrency.limit(16), 1u);
}

TEST(ConcurrencyTest, RecoversByOneARoundAndThenForgets) {
  Concurrency concurrency;
  concurrency.refused(concurrency.epoch(), 8);
  for (int i = 0; i < 5; ++i) concurrency.succeeded(16);
  EXPECT_EQ(concurrency.limit(16), 5u);
  for (int i = 0; i < 200; ++i) concurrency.succeeded(16);
  EXPECT_EQ(concurrency.limit(1000), 1000u);
}

}  // namespace
