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

TEST(RetryTest, NeitherACancelledCallNorAnUntrustedCertificateIsRepeated) {
  EXPECT_FALSE(worth_repeating({0, TransportErrorKind::cancelled, false, {}}, true));
  EXPECT_TRUE(worth_repeating({0, TransportErrorKind::tls, false, {}}, true));
  EXPECT_FALSE(worth_repeating({0, TransportErrorKind::tls, false, {}, /*permanent=*/true}, true));
}

TEST(RetryTest, TheWaitIsDrawnBelowACeilingThatDoublesUpToTheMaximum) {
  const operate::RetryPolicy policy{100, 500ms, 8'000ms};
  EXPECT_EQ(backoff(policy, 0, 0.0), 1ms) << "a wait that can be seen";
  EXPECT_EQ(backoff(policy, 0, 0.5), 250ms);
  EXPECT_EQ(backoff(policy, 1, 0.5), 500ms);
  EXPECT_EQ(backoff(policy, 4, 0.5), 4'000ms);
  EXPECT_EQ(backoff(policy, 99, 0.5), 4'000ms);
}

}  // namespace
