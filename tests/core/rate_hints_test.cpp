#include "core/rate_hints.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace operate::core;
using Headers = std::vector<operate::Header>;
using std::chrono::system_clock;

const system_clock::time_point response_time{1'700'000'000s};  // Tue, 14 Nov 2023 22:13:20 GMT

TEST(RateHintsTest, ReadsRetryAfterInSecondsAndFractions) {
  EXPECT_EQ(retry_after({{"Retry-After", "0"}}, response_time), 0ms);
  EXPECT_EQ(retry_after({{"retry-after", "120"}}, response_time), 120s);
  EXPECT_EQ(retry_after({{"Retry-After", "1.5"}}, response_time), 1'500ms);
  EXPECT_EQ(retry_after({{"Retry-After", "0.0129"}}, response_time), 12ms);
  EXPECT_EQ(retry_after({}, response_time), std::nullopt);
}

TEST(RateHintsTest, ReadsMillisecondsAndPrefersThem) {
  EXPECT_EQ(retry_after({{"Retry-After-Ms", "250"}}, response_time), 250ms);
  EXPECT_EQ(retry_after({{"Retry-After", "1"}, {"Retry-After-Ms", "250"}}, response_time), 250ms);
  EXPECT_EQ(retry_after({{"Retry-After", "1"}, {"Retry-After-Ms", "soon"}}, response_time), 1s);
}

TEST(RateHintsTest, ReadsDatesByTheServersClockWhereItIsTold) {
  EXPECT_EQ(retry_after({{"Retry-After", "Tue, 14 Nov 2023 22:14:20 GMT"}}, response_time), 60s);
  EXPECT_EQ(retry_after({{"Retry-After", "Tue, 14 Nov 2023 22:13:00 GMT"}}, response_time), 0ms);
  const Headers dated = {{"Date", "Tue, 14 Nov 2023 22:14:10 GMT"},
                         {"Retry-After", "Tue, 14 Nov 2023 22:14:20 GMT"}};
  EXPECT_EQ(retry_after(dated, response_time), 10s);
  EXPECT_EQ(retry_after({{"Date", "today"}, {"Retry-After", "Tue, 14 Nov 2023 22:14:20 GMT"}}, response_time),
            60s);
}

TEST(RateHintsTest, WhatIsLongerThanAYearCountsAsAYear) {
  constexpr auto year = 366 * 24h;
  for (const char* far :
       {"99999999999999999999", "99999999999", "1700000000", "Tue, 14 Nov 2033 22:13:20 GMT"})
    EXPECT_EQ(retry_after({{"Retry-After", far}}, response_time), year) << far;
  EXPECT_EQ(retry_after({{"Retry-After-Ms", "99999999999999999999.5"}}, response_time), year);
}

TEST(RateHintsTest, WhatCannotBeReadIsNoHint) {
  for (const char* bad :
       {"", "-1", "-0", "+1", "1.", ".5", "1.5.", "1 ", "1e3", "0x10", "soon", "NaN", "inf", "1;2"})
    EXPECT_EQ(retry_after({{"Retry-After", bad}}, response_time), std::nullopt) << bad;
}

TEST(RateHintsTest, ReadsTheResetWhereNothingRemains) {
  EXPECT_EQ(rate_limit_reset({{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "30"}}, response_time), 30s);
  EXPECT_EQ(rate_limit_reset({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "30"}}, response_time),
            30s);
  EXPECT_EQ(rate_limit_reset({{"RateLimit-Remaining", "1"}, {"RateLimit-Reset", "30"}}, response_time),
            std::nullopt);
  EXPECT_EQ(rate_limit_reset({{"RateLimit-Reset", "30"}}, response_time), std::nullopt);
  EXPECT_EQ(rate_limit_reset({{"RateLimit-Remaining", "0"}}, response_time), std::nullopt);
  EXPECT_EQ(rate_limit_reset({{"RateLimit-Remaining", "none"}, {"RateLimit-Reset", "30"}}, response_time),
            std::nullopt);
}

TEST(RateHintsTest, ReadsAResetThatIsATime) {
  const auto reset = [](const char* text) {
    return rate_limit_reset({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", text}}, response_time);
  };
  EXPECT_EQ(reset("1700000060"), 60s);
  EXPECT_EQ(reset("1700000060500"), 60'500ms);
  EXPECT_EQ(reset("1699999999"), 0ms);
  EXPECT_EQ(reset("999999999999999"), 366 * 24h);
  EXPECT_EQ(reset("-5"), std::nullopt);
}

}  // namespace
