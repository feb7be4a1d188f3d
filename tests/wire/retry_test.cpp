#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;
using operate::testing::ManualClock;

class RetryOnTheWireTest : public testing::Test {
 protected:
  Client client_of(const RawServer& server) {
    server.direct(config);
    return client();
  }
  Client client() {
    config.api_key = "sk_test";
    config.clock = clock;
    return Client(config);
  }
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  operate::Config config;
};

TEST_F(RetryOnTheWireTest, RepeatsUntilItWorksAndWaitsInBetween) {
  std::atomic<int> requests{0};
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) connection.answer(++requests < 3 ? 503 : 200, "{}");
  });
  config.retry = {5, 1s, 60s};
  client_of(server).call({"GET", "/x", {}, ""});
  EXPECT_EQ(requests, 3);
  const auto sleeps = clock->sleeps();
  ASSERT_EQ(sleeps.size(), 2u);
  EXPECT_LT(sleeps[0], 1s);
  EXPECT_LT(sleeps[1], 2s);
}

TEST_F(RetryOnTheWireTest, TheJitterSpreadsTheClients) {
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) connection.answer(503, "");
  });
  config.retry = {1, 1h, 1h};
  config.deadline = 2h;
  for (int i = 0; i < 5; ++i)
    EXPECT_THROW(client_of(server).call({"GET", "/x", {}, ""}), operate::ServerError);
  const auto sleeps = clock->sleeps();
  ASSERT_EQ(sleeps.size(), 5u);
  // Five draws from an hour of milliseconds are all the same once in 10^26.
  EXPECT_FALSE(sleeps[0] == sleeps[1] && sleeps[1] == sleeps[2] && sleeps[2] == sleeps[3] &&
               sleeps[3] == sleeps[4]);
}

TEST_F(RetryOnTheWireTest, EveryAttemptIsInTheError) {
  RawServer server([&](Connection& connection, int number) {
    connection.read_request();
    if (number == 1) connection.answer(502, "", "Connection: close\r\n");
  });
  config.retry.max_retries = 2;
  const auto error = thrown<operate::TransportError>([&] { client_of(server).call({"GET", "/x", {}, ""}); });
  ASSERT_TRUE(error);
  const auto& attempts = error->attempts();
  ASSERT_EQ(attempts.size(), 3u);
  EXPECT_EQ(attempts[0].failure, operate::TransportErrorKind::receive);
  EXPECT_EQ(attempts[1].status, 502);
  EXPECT_EQ(attempts[0].wait, 0ms);
  EXPECT_EQ(attempts[1].wait, clock->sleeps()[0]);
  EXPECT_EQ(attempts[2].wait, clock->sleeps()[1]);
  EXPECT_TRUE(error->retryable());
}

TEST_F(RetryOnTheWireTest, RetryAfterIsObeyedWithinTheDeadline) {
  std::atomic<int> requests{0};
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request())
      if (++requests == 1)
        connection.answer(429, "", "Retry-After: 30\r\n");
      else
        connection.answer(429, "", "Retry-After: 3600\r\n");
  });
  config.retry = {5, 1ms, 1ms};
  const auto error = thrown<operate::RateLimitError>([&] { client_of(server).call({"GET", "/x", {}, ""}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->retry_after(), 3600s);
  EXPECT_NE(std::string(error->what()).find("3600000 ms before the next call, which is beyond this one's"),
            std::string::npos)
      << error->what();
  EXPECT_EQ(requests, 2);
  EXPECT_EQ(clock->sleeps(), (std::vector<std::chrono::milliseconds>{30s}));
}

TEST_F(RetryOnTheWireTest, ACallWhoseTimeRanOutIsNotRepeatedWhateverTheClockSays) {
  RawServer silent([](Connection& connection, int) {
    connection.read_request();
    connection.wait_for_close();
  });
  config.deadline = 30ms;  // Of the machine's time, while the clock stands still.
  const auto error = thrown<operate::TimeoutError>([&] { client_of(silent).call({"GET", "/x", {}, ""}); });
  EXPECT_EQ(error->limit(), operate::TimeLimit::deadline);
  EXPECT_EQ(error->attempts().size(), 1u);
}

// Wakes up an hour late.
class LateClock : public ManualClock {
 public:
  void sleep_until(time_point time, const operate::CancellationToken& cancel) override {
    ManualClock::sleep_until(time + 1h, cancel);
  }
};

TEST_F(RetryOnTheWireTest, AWaitThatOutlastsTheDeadlineEndsInTheLastError) {
  std::atomic<int> requests{0};
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) {
      ++requests;
      connection.answer(503, "");
    }
  });
  clock = std::make_shared<LateClock>();
  EXPECT_TRUE(thrown<operate::ServerError>([&] { client_of(server).call({"GET", "/x", {}, ""}); }));
  EXPECT_EQ(requests, 1);
}

TEST_F(RetryOnTheWireTest, AHeldCallThatWakesUpTooLateSaysWhatItWaitedFor) {
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) connection.answer(429, "", "Retry-After: 30\r\n");
  });
  clock = std::make_shared<LateClock>();
  config.retry.max_retries = 0;
  const Client client = client_of(server);
  EXPECT_THROW(client.call({"GET", "/x", {}, ""}), operate::RateLimitError);
  const auto error = thrown<operate::TimeoutError>([&] { client.call({"GET", "/x", {}, ""}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::rate_limit);
  EXPECT_EQ(error->retry_after(), 0ms);
}

TEST_F(RetryOnTheWireTest, TheCallersOptionsHaveTheLastWord) {
  std::atomic<int> requests{0};
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) {
      ++requests;
      connection.answer(503, "");
    }
  });
  const Client client = client_of(server);
  operate::RequestOptions options;
  options.max_retries = 0;
  EXPECT_THROW(client.call({"GET", "/x", {}, ""}, options), operate::ServerError);
  EXPECT_EQ(requests, 1);

  requests = 0;
  options.max_retries = 3;
  options.safe_to_repeat = true;
  EXPECT_THROW(client.call({"POST", "/x", {}, "{}"}, options), operate::ServerError);
  EXPECT_EQ(requests, 4);
}

TEST_F(RetryOnTheWireTest, ACreateIsRepeatedWhereNoConnectionWasMade) {
  config.base_url = "http://127.0.0.1:" + std::to_string(operate::test::closed_port());
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  const auto error = thrown<operate::TransportError>([&] { client().people().create(person); });
  EXPECT_EQ(error->kind(), operate::TransportErrorKind::connect);
  EXPECT_EQ(error->attempts().size(), 3u);
  EXPECT_TRUE(error->retryable());
  EXPECT_FALSE(error->may_have_been_applied());
}

TEST_F(RetryOnTheWireTest, ASafeCallWithABodySendsItWholeEachTime) {
  std::atomic<int> whole{0};
  RawServer server([&](Connection& connection, int number) {
    while (auto request = connection.read_request()) {
      if (request->find("\r\n\r\n{\"a\":1}") != std::string::npos) ++whole;
      if (number == 0) return;
      connection.answer(200, "{}");
    }
  });
  operate::RequestOptions options;
  options.safe_to_repeat = true;
  client_of(server).call({"PUT", "/x", {}, "{\"a\":1}"}, options);
  EXPECT_EQ(whole, 2);
}

}  // namespace
