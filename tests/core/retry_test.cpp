#include "core/retry.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using namespace operate::core;
using operate::TransportErrorKind;

AttemptOutcome status(int status) { return {status, {}, true, {}}; }

TEST(RetryTest, StatusesThatMayPassAreRepeatedWhereThatIsSafe) {
  for (int code : {408, 500, 502, 503, 504}) {
    EXPECT_TRUE(worth_repeating(status(code), true)) << code;
    EXPECT_FALSE(worth_repeating(status(code), false)) << code;
  }
  EXPECT_TRUE(worth_repeating(status(429), false));
  for (int code : {200, 302, 400, 401, 403, 404, 409, 422, 501})
    EXPECT_FALSE(worth_repeating(status(code), true)) << code;
}

TEST(RetryTest, ALostCreateIsRepeatedOnlyWhereTheServerCannotHaveSeenIt) {
  EXPECT_TRUE(worth_repeating({0, TransportErrorKind::connect, false, {}}, false));
  EXPECT_FALSE(worth_repeating({0, TransportErrorKind::receive, true, {}}, false));
  EXPECT_TRUE(worth_repeating({0, TransportErrorKind::receive, true, {}}, true));
  EXPECT_FALSE(worth_repeating({0, TransportErrorKind::too_large, true, {}}, true));
}

TEST(RetryTest, TheWaitIsDrawnBelowACeilingThatDoublesUpToTheMaximum) {
  const operate::RetryPolicy policy{100, 500ms, 8'000ms};
  const auto wait = [&](int done, double jitter) {
    return retry_delay(policy, done, status(503), true, jitter, 60s);
  };
  EXPECT_EQ(wait(0, 0.0), 0ms);
  EXPECT_EQ(wait(0, 0.5), 250ms);
  EXPECT_EQ(wait(1, 0.5), 500ms);
  EXPECT_EQ(wait(4, 0.5), 4'000ms);
  EXPECT_EQ(wait(99, 0.5), 4'000ms);
  EXPECT_EQ(wait(100, 0.5), std::nullopt);
}

TEST(RetryTest, TheServersHintIsTheLeastAndTheDeadlineTheMost) {
  const operate::RetryPolicy policy;
  AttemptOutcome limited = status(429);
  limited.retry_after = 3s;
  EXPECT_EQ(retry_delay(policy, 0, limited, false, 0.9, 10s), 3s);
  EXPECT_EQ(retry_delay(policy, 0, limited, false, 0.9, 3s), std::nullopt);
}

TEST(RetryTest, ReadsRetryAfterInSecondsAndNothingElse) {
  EXPECT_EQ(parse_retry_after("0"), 0ms);
  EXPECT_EQ(parse_retry_after("120"), 120s);
  for (const char* bad : {"", "-1", "-0", "+1", "1.5", "1 ", "soon", "99999999999999999999", "99999999999"})
    EXPECT_EQ(parse_retry_after(bad), std::nullopt) << bad;
}

}  // namespace
