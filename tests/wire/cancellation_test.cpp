#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/raw_server.hpp"
#include "support/sleeping_thread.hpp"
#include "support/thrown.hpp"
#include "support/unreachable.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::CancelledError;
using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;
using operate::testing::ManualClock;

// Nothing but the cancellation ends these calls before the test runner does: limits are in hours.
class CancellationOnTheWireTest : public testing::Test {
 protected:
  CancellationOnTheWireTest() {
    config.api_key = "sk_test";
    config.connect_timeout = config.timeout = config.deadline = 3h;
    config.stall_timeout = 3h;
    config.retry.max_retries = 5;
    options.cancel = stop.token();
  }

  // The first connection is served by `fault`, which cancels the call when it is where it should be; all
  // others work.
  void serve(std::function<void(Connection&)> fault) {
    server.emplace([fault = std::move(fault)](Connection& connection, int number) {
      if (number == 0) return fault(connection);
      while (connection.read_request()) connection.answer(200, R"({"id": "1"})");
    });
    server->direct(config);
  }

  void expect_cancelled(bool may_have_been_applied) {
    const Client client(config);
    operate::NewPerson person;
    person.emails = {"ada@example.com"};
    person.full_name = "Ada";
    const auto error = thrown<CancelledError>([&] { client.people().create(person, options); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->may_have_been_applied(), may_have_been_applied) << error->what();
    EXPECT_NE(std::string(error->what()).find("cancelled by its caller"), std::string::npos);
    EXPECT_EQ(error->attempts().size(), 1u);
    EXPECT_EQ(error->attempts().at(0).failure, operate::TransportErrorKind::cancelled);
    options.cancel = {};
    EXPECT_EQ(client.people().create(person, options).id, "1");
  }

  // Not before the call waits for something, so that it has to be woken.
  void cancel_the_sleeper() {
    caller.wait_until_asleep();
    stop.cancel();
  }

  operate::CancellationSource stop;
  operate::test::SleepingThread caller;
  operate::RequestOptions options;
  operate::Config config;
  std::optional<RawServer> server;
};

TEST_F(CancellationOnTheWireTest, ACallThatBeginsCancelledSendsNothing) {
  serve([](Connection&) {});
  stop.cancel();
  const auto error = thrown<CancelledError>([&] { Client(config).call({"POST", "/x", {}, "{}"}, options); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->attempts().empty());
  EXPECT_FALSE(error->retryable());
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_EQ(server->connections(), 0);
}

TEST_F(CancellationOnTheWireTest, WhileConnecting) {
  const operate::test::Unreachable nowhere;
  config.base_url = nowhere.base_url();
  auto call = std::async(std::launch::async, [&] {
    return thrown<CancelledError>([&] { Client(config).call({"POST", "/x", {}, "{}"}, options); });
  });
  nowhere.wait_for_a_caller();
  stop.cancel();
  const auto error = call.get();
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_FALSE(error->retryable());
}

TEST_F(CancellationOnTheWireTest, InTheHandshake) {
  RawServer silent(
      [&](Connection& connection, int) {
        connection.wait_for_bytes();
        cancel_the_sleeper();
        connection.wait_for_close();
      },
      operate::test::Wire::plain);
  config.base_url = "https" + silent.base_url().substr(4);
  const auto error = thrown<CancelledError>([&] { Client(config).call({"POST", "/x", {}, "{}"}, options); });
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->may_have_been_applied());
}

TEST_F(CancellationOnTheWireTest, WhileSending) {
  std::promise<void> finished;
  serve([&](Connection& connection) {
    connection.read_byte();
    cancel_the_sleeper();
    finished.get_future().wait();  // Reads nothing as long as the client is at it.
  });
  const Client client(config);
  const std::string body(64u << 20, ' ');
  const auto error = thrown<CancelledError>([&] { client.call({"POST", "/x", {}, body}, options); });
  finished.set_value();
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_EQ(client.call({"GET", "/x", {}, ""}).status, 200);
}

TEST_F(CancellationOnTheWireTest, WhileTheServerThinks) {
  serve([&](Connection& connection) {
    connection.read_request();
    cancel_the_sleeper();
    connection.wait_for_close();
  });
  expect_cancelled(true);
}

TEST_F(CancellationOnTheWireTest, InTheAnswersHead) {
  serve([&](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Le");
    cancel_the_sleeper();
    connection.wait_for_close();
  });
  expect_cancelled(true);
}

TEST_F(CancellationOnTheWireTest, InTheAnswersBody) {
  serve([&](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    cancel_the_sleeper();
    connection.wait_for_close();
  });
  expect_cancelled(true);
}

TEST_F(CancellationOnTheWireTest, WhileAnEndlessAnswerKeepsComing) {
  serve([&](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n{");
    connection.send(std::string(1u << 20, ' '));
    stop.cancel();
    for (int i = 0; i < 900; ++i) connection.send(std::string(1u << 20, ' '));
  });
  config.max_response_bytes = 2u << 30;
  expect_cancelled(true);
}

TEST_F(CancellationOnTheWireTest, WhileItWaitsBeforeARetry) {
  serve([&](Connection& connection) {
    connection.read_request();
    connection.answer(503, "", "Retry-After: 3600\r\n");
    cancel_the_sleeper();
  });
  const Client client(config);
  const auto error = thrown<CancelledError>([&] { client.call({"GET", "/x", {}, ""}, options); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->attempts().size(), 1u);
  EXPECT_EQ(client.call({"GET", "/x", {}, ""}).status, 200);
}

// Cancels whatever sleeps on it.
class CancellingClock : public ManualClock {
 public:
  explicit CancellingClock(operate::CancellationSource source) : source_(std::move(source)) {}
  void sleep_until(time_point, const operate::CancellationToken& cancel) override {
    source_.cancel();
    EXPECT_TRUE(cancel.is_cancelled());
  }

 private:
  operate::CancellationSource source_;
};

TEST_F(CancellationOnTheWireTest, WhileItWaitsBeforeARetryOnAClockOfTheUsers) {
  serve([&](Connection& connection) {
    connection.read_request();
    connection.answer(503, "", "Retry-After: 3600\r\n");
  });
  config.clock = std::make_shared<CancellingClock>(stop);
  const auto error = thrown<CancelledError>([&] { Client(config).call({"GET", "/x", {}, ""}, options); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->attempts().size(), 1u);
  EXPECT_EQ(error->attempts().at(0).status, 503);
}

TEST_F(CancellationOnTheWireTest, WhileTheClientIsHeldAfterA429) {
  serve([&](Connection& connection) {
    connection.read_request();
    connection.answer(429, "", "Retry-After: 60\r\n");
  });
  config.clock = std::make_shared<CancellingClock>(stop);
  config.retry.max_retries = 0;
  const Client client(config);
  EXPECT_THROW(client.call({"GET", "/x", {}, ""}), operate::RateLimitError);
  const auto error = thrown<CancelledError>([&] { client.call({"GET", "/x", {}, ""}, options); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->attempts().empty());
}

TEST_F(CancellationOnTheWireTest, WhileWaitingForAConnectionOfThePool) {
  std::promise<void> taken, go_on;
  serve([&](Connection& connection) {
    connection.read_request();
    taken.set_value();
    go_on.get_future().wait();
    connection.answer(200, "{}");
  });
  config.max_connections = 1;
  const Client client(config);
  auto first = std::async(std::launch::async, [&] { return client.call({"GET", "/x", {}, ""}).status; });
  taken.get_future().wait();
  std::promise<operate::test::SleepingThread> second_thread;
  auto second = std::async(std::launch::async, [&] {
    second_thread.set_value({});
    return thrown<CancelledError>([&] { client.call({"POST", "/x", {}, "{}"}, options); });
  });
  second_thread.get_future().get().wait_until_asleep();
  stop.cancel();
  const auto error = second.get();
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->attempts().empty());
  EXPECT_FALSE(error->may_have_been_applied());
  go_on.set_value();
  EXPECT_EQ(first.get(), 200);
  EXPECT_EQ(server->connections(), 1);
}

TEST_F(CancellationOnTheWireTest, OneSourceEndsAllCallsThatHaveIt) {
  constexpr int calls = 8;
  std::atomic<int> arrived{0};
  RawServer silent([&](Connection& connection, int) {
    connection.read_request();
    if (++arrived == calls) stop.cancel();
    connection.wait_for_close();
  });
  silent.direct(config);
  const Client client(config);
  std::atomic<int> cancelled{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < calls; ++i)
    threads.emplace_back([&] {
      try {
        client.call({"GET", "/x", {}, ""}, options);
      } catch (const CancelledError&) {
        ++cancelled;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(cancelled, calls);
}

TEST_F(CancellationOnTheWireTest, AWalkOverPagesEndsAndGoesOnFromWhereItWas) {
  int page = 0;
  RawServer pages([&](Connection& connection, int) {
    while (const auto request = connection.read_request()) {
      const std::size_t at = request->find("offset=");
      const std::string offset = at == std::string::npos ? "0" : request->substr(at + 7, 1);
      if (++page == 2) {
        stop.cancel();
        connection.wait_for_close();
        return;
      }
      connection.answer(200, R"({"success":true,"data":{"companies":[{"id":")" + offset +
                                 R"("}],"pagination":{"total":2,"limit":1,"offset":)" + offset + "}}}");
    }
  });
  pages.direct(config);
  const Client client(config);
  operate::ListAllOptions one_by_one;
  one_by_one.page_size = 1;
  one_by_one.complete_under_change = false;  // The server knows pages of one item alone.
  auto companies = client.companies().list_all(one_by_one, options);
  std::vector<std::string> ids;
  EXPECT_TRUE(thrown<CancelledError>([&] {
    for (const auto& company : companies) ids.push_back(company.id);
  }));
  one_by_one.offset = companies.position();
  for (const auto& company : client.companies().list_all(one_by_one)) ids.push_back(company.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"0", "1"}));
}

// A few kilobytes that unpack to nearly a gigabyte, which takes seconds in one step of libcurl's: far longer
// than the server takes to cancel.
TEST_F(CancellationOnTheWireTest, WhileAnAnswerIsUnpacked) {
  std::string bomb("\x28\xb5\x2f\xfd\x00\x58", 6);  // Zstandard, with a window of 2 MiB,
  constexpr int blocks = 8000;
  for (int i = 1; i <= blocks; ++i) {  // and blocks that are 128 KiB of one letter.
    const unsigned header = (131'072u << 3) | (1u << 1) | (i == blocks ? 1u : 0u);
    for (int byte = 0; byte < 3; ++byte) bomb += static_cast<char>(header >> (8 * byte) & 0xff);
    bomb += 'a';
  }
  std::atomic<bool> unpacks{true};
  serve([&](Connection& connection) {
    const auto request = connection.read_request();
    unpacks = request && request->find("zstd") != std::string::npos;
    connection.answer(200, bomb, "Content-Encoding: zstd\r\n");
    stop.cancel();
    connection.wait_for_close();
  });
  config.max_response_bytes = 1u << 30;
  const auto error = thrown<CancelledError>([&] { Client(config).call({"GET", "/x", {}, ""}, options); });
  if (!unpacks) GTEST_SKIP() << "This libcurl does not unpack Zstandard.";
  ASSERT_TRUE(error);
  EXPECT_EQ(error->attempts().size(), 1u);
}

}  // namespace
