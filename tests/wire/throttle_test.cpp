#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/raw_server.hpp"
#include "support/sleeping_thread.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;
using operate::testing::ManualClock;

// What a client remembers between its calls, against a server that says the same until it is told otherwise.
class ThrottleOnTheWireTest : public testing::Test {
 protected:
  void answer_with(int status, std::string headers = {}) {
    const std::lock_guard lock(mutex);
    status_ = status;
    headers_ = std::move(headers);
  }
  Client client() {
    server.direct(config);
    config.api_key = "sk_test";
    config.clock = clock;
    return Client(config);
  }

  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  operate::Config config;
  const operate::Request request{"GET", "/x", {}, ""};
  std::atomic<int> requests{0};

 private:
  std::mutex mutex;
  int status_ = 200;
  std::string headers_;
  RawServer server{[this](Connection& connection, int) {
    while (connection.read_request()) {
      ++requests;
      const std::lock_guard lock(mutex);
      connection.answer(status_, "{}", headers_);
    }
  }};
};

TEST_F(ThrottleOnTheWireTest, AfterA429AllCallsOfTheClientWait) {
  config.retry = {0, 1s, 1s};
  const Client client = this->client();
  const Client copy = client;
  answer_with(429, "Retry-After: 30\r\n");
  EXPECT_THROW(client.call(request), operate::RateLimitError);
  EXPECT_TRUE(clock->sleeps().empty());

  answer_with(200);
  copy.call(request);
  ASSERT_EQ(clock->sleeps().size(), 1u);
  EXPECT_GE(clock->sleeps()[0], 30s);
  EXPECT_LT(clock->sleeps()[0],
            31s);  // Spread over the first back-off, so that they do not come all at once.
  client.call(request);
  EXPECT_EQ(clock->sleeps().size(), 1u);
}

TEST_F(ThrottleOnTheWireTest, AnotherClientDoesNotWait) {
  config.retry.max_retries = 0;
  const Client client = this->client(), another = this->client();
  answer_with(429, "Retry-After: 30\r\n");
  EXPECT_THROW(client.call(request), operate::RateLimitError);
  EXPECT_THROW(another.call(request), operate::RateLimitError);
  EXPECT_TRUE(clock->sleeps().empty());
}

TEST_F(ThrottleOnTheWireTest, ACallThatCannotWaitSoLongEndsAtOnceWithNothingSent) {
  config.retry.max_retries = 0;
  const Client client = this->client();
  answer_with(429, "Retry-After: 30\r\n");
  EXPECT_THROW(client.call(request), operate::RateLimitError);
  operate::RequestOptions options;
  options.deadline = 10s;
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  const auto error = thrown<operate::TimeoutError>([&] { client.people().create(person, options); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::rate_limit);
  EXPECT_TRUE(error->attempts().empty());
  EXPECT_TRUE(error->retryable());
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_EQ(error->retry_after(), 30s);
  EXPECT_STREQ(error->what(),
               "POST /v/alpha/people/create: the server has asked this client to wait beyond the call's "
               "deadline, and nothing was sent; calls may begin again in 30000 ms.");
  EXPECT_EQ(requests, 1);
  EXPECT_TRUE(clock->sleeps().empty());
}

TEST_F(ThrottleOnTheWireTest, A429WithoutAHintHoldsTheClientForItsOwnBackOff) {
  config.retry = {1, 1h, 1h};
  config.deadline = 5h;
  const Client client = this->client();
  answer_with(429);
  EXPECT_THROW(client.call(request), operate::RateLimitError);
  EXPECT_EQ(requests, 2);
  const auto first = clock->sleeps().at(0);
  EXPECT_GT(first, 0ms);
  EXPECT_LT(first, 1h);
}

TEST_F(ThrottleOnTheWireTest, NoAnswerHoldsTheClientForMoreThanFiveMinutes) {
  config.retry = {0, 1ms, 1ms};
  config.deadline = 10min;
  const Client client = this->client();
  answer_with(429, "Retry-After: 86400\r\n");
  EXPECT_THROW(client.call(request), operate::RateLimitError);
  answer_with(200);
  client.call(request);
  EXPECT_EQ(clock->sleeps(), (std::vector<std::chrono::milliseconds>{5min}));
}

TEST_F(ThrottleOnTheWireTest, TheRateLimitHeadersOfAnyAnswerAreObeyed) {
  config.retry = {0, 1ms, 1ms};
  const Client client = this->client();
  answer_with(200, "RateLimit-Remaining: 1\r\nRateLimit-Reset: 20\r\n");
  client.call(request);
  client.call(request);
  EXPECT_TRUE(clock->sleeps().empty());
  for (const char* headers : {"RateLimit-Remaining: 0\r\nRateLimit-Reset: 20\r\n",
                              "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 20\r\n"}) {
    const std::size_t before = clock->sleeps().size();
    answer_with(200, headers);
    client.call(request);
    answer_with(200);
    client.call(request);
    ASSERT_EQ(clock->sleeps().size(), before + 1) << headers;
    EXPECT_EQ(clock->sleeps().back(), 20s) << headers;
  }
}

TEST_F(ThrottleOnTheWireTest, A429WithNothingButTheRateLimitHeadersWaitsForTheReset) {
  config.retry = {1, 1ms, 1ms};
  answer_with(429, "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 45\r\n");
  const auto error = thrown<operate::RateLimitError>([&] { client().call(request); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->retry_after(), 45s);
  EXPECT_EQ(error->attempts().at(1).wait, 45s);
}

TEST_F(ThrottleOnTheWireTest, ADateIsReadByTheServersOwnClock) {
  config.retry = {1, 1ms, 1ms};
  answer_with(429, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n");
  const auto error = thrown<operate::RateLimitError>([&] { client().call(request); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->retry_after(), 30s);
  EXPECT_EQ(clock->sleeps(), (std::vector<std::chrono::milliseconds>{30s}));
}

TEST_F(ThrottleOnTheWireTest, AnOutageUsesUpTheReserveAndThenEachCallIsSentOnce) {
  config.retry = {2, 1ms, 1ms};
  config.retry.budget = 3;
  const Client client = this->client();
  answer_with(503);
  std::vector<std::size_t> attempts;
  std::string last;
  for (int i = 0; i < 4; ++i) {
    const auto error = thrown<operate::ServerError>([&] { client.call(request); });
    ASSERT_TRUE(error);
    attempts.push_back(error->attempts().size());
    last = error->what();
  }
  EXPECT_EQ(attempts, (std::vector<std::size_t>{3, 2, 1, 1}));
  EXPECT_NE(last.find("RetryPolicy::budget"), std::string::npos) << last;

  clock->advance(10s);
  EXPECT_EQ(thrown<operate::ServerError>([&] { client.call(request); })->attempts().size(), 2u);

  answer_with(200);
  for (int i = 0; i < 10; ++i) client.call(request);
  answer_with(503);
  EXPECT_EQ(thrown<operate::ServerError>([&] { client.call(request); })->attempts().size(), 2u);
  EXPECT_EQ(thrown<operate::ServerError>([&] { client.call(request); })->attempts().size(), 1u);
}

TEST_F(ThrottleOnTheWireTest, AnHourOfRetriesTakesNoTime) {
  config.retry = {100, 10min, 10min};
  config.deadline = 1h;
  const auto start = clock->now();
  answer_with(504);
  const auto error = thrown<operate::ServerError>([&] { client().call(request); });
  ASSERT_TRUE(error);
  EXPECT_LT(clock->now() - start, 1h);
  EXPECT_GE(error->attempts().size(), 7u);  // Six waits of less than ten minutes always fit.
  EXPECT_LT(error->attempts().size(), 101u);
  std::chrono::milliseconds waited{0};
  for (const auto& attempt : error->attempts()) {
    EXPECT_LT(attempt.wait, 10min);
    EXPECT_EQ(attempt.status, 504);
    waited += attempt.wait;
  }
  EXPECT_EQ(waited, clock->now() - start);
}

TEST_F(ThrottleOnTheWireTest, ACallThatWaitedForAConnectionMeanwhileWaitsToo) {
  config.retry = {0, 1ms, 1ms};
  config.max_connections = 1;
  std::promise<operate::test::SleepingThread> second_thread;
  std::atomic<int> served{0};
  RawServer busy([&](Connection& connection, int) {
    while (connection.read_request())
      if (++served == 1) {
        second_thread.get_future().get().wait_until_asleep();
        connection.answer(429, "", "Retry-After: 30\r\n");
      } else {
        connection.answer(200, "{}");
      }
  });
  busy.direct(config);
  config.api_key = "sk_test";
  config.clock = clock;
  const Client client(config);
  auto first =
      std::async(std::launch::async, [&] { EXPECT_THROW(client.call(request), operate::RateLimitError); });
  while (served == 0) std::this_thread::yield();
  auto second = std::async(std::launch::async, [&] {
    second_thread.set_value({});
    client.call(request);
  });
  first.get();
  second.get();
  EXPECT_EQ(clock->sleeps(), (std::vector<std::chrono::milliseconds>{30s}));
}

TEST_F(ThrottleOnTheWireTest, ACallThatGetsAConnectionAtItsDeadlineSaysWhatItWaitedFor) {
  config.max_connections = 1;
  std::promise<operate::test::SleepingThread> second_thread;
  std::atomic<int> served{0};
  RawServer busy([&](Connection& connection, int) {
    while (connection.read_request()) {
      if (++served == 1) second_thread.get_future().get().wait_until_asleep();
      clock->advance(config.deadline);
      connection.answer(200, "{}");
    }
  });
  busy.direct(config);
  config.api_key = "sk_test";
  config.clock = clock;
  const Client client(config);
  auto first = std::async(std::launch::async, [&] { client.call(request); });
  while (served == 0) std::this_thread::yield();
  auto second = std::async(std::launch::async, [&] {
    second_thread.set_value({});
    return thrown<operate::TimeoutError>([&] { client.call(request); });
  });
  first.get();
  const auto error = second.get();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::pool);
  EXPECT_EQ(error->elapsed(), config.deadline);
  EXPECT_EQ(served, 1);
}

TEST_F(ThrottleOnTheWireTest, ThreadsThatWaitForTheSameMomentAllGoOn) {
  config.retry = {0, 1s, 1s};
  const Client client = this->client();
  answer_with(429, "Retry-After: 30\r\n");
  EXPECT_THROW(client.call(request), operate::RateLimitError);
  answer_with(200);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) threads.emplace_back([&] { client.call(request); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(requests, 9);
  EXPECT_FALSE(clock->sleeps().empty());
}

}  // namespace
