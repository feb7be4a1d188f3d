#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/child.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;

TEST(ThreadsTest, OneClientServesManyOverBoundedConnections) {
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) connection.answer(200, "{}");
  });
  auto config = server.config();
  config.max_connections = 3;
  const Client client(config);
  std::atomic<int> answers{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i)
    threads.emplace_back([&, copy = client] {
      for (int call = 0; call < 25; ++call)
        if (copy.call({"GET", "/x", {}, ""}).status == 200) ++answers;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answers, 300);
  EXPECT_LE(server.connections(), 3);
}

TEST(ThreadsTest, WaitingForAConnectionEndsWithTheDeadline) {
  std::mutex mutex;
  std::condition_variable changed;
  bool reached = false, released = false;
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) {
      std::unique_lock lock(mutex);
      reached = true;
      changed.notify_all();
      changed.wait(lock, [&] { return released; });
      connection.answer(200, "{}");
    }
  });
  auto config = server.config();
  config.max_connections = 1;
  const Client client(config);
  std::thread first([&] { client.call({"GET", "/x", {}, ""}); });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return reached; });
  }
  operate::RequestOptions options;
  options.deadline = 20ms;
  const auto error = thrown<operate::TimeoutError>([&] { client.call({"POST", "/x", {}, "{}"}, options); });
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  first.join();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::pool);
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_GE(error->elapsed(), 20ms);
  EXPECT_TRUE(error->attempts().empty());
}

TEST(ThreadsTest, ConnectionsAreKept) {
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) connection.answer(200, "{}");
  });
  auto config = server.config();
  const Client client(config);
  for (int i = 0; i < 20; ++i) client.call({"GET", "/x", {}, ""});
  EXPECT_EQ(server.connections(), 1);
}

TEST(ThreadsTest, AChildOfAForkLeavesTheParentsConnectionAlone) {
  RawServer server([&](Connection& connection, int number) {
    while (connection.read_request()) connection.answer(200, std::to_string(number));
  });
  auto config = server.config();
  const Client client(config);
  const auto connection_used = [&] { return client.call({"GET", "/x", {}, ""}).body; };
  EXPECT_EQ(connection_used(), "0");
  EXPECT_TRUE(
      operate::test::holds_in_child([&] { return connection_used() == "1" && connection_used() == "1"; }));
  EXPECT_EQ(connection_used(), "0");
}

}  // namespace
