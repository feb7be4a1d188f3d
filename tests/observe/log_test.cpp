#include <operate/log.hpp>

#include "core/error_details.hpp"
#include "support/child.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Event;
using operate::EventKind;
using operate::LogLevel;

class LogTest : public testing::Test {
 protected:
  LogTest() {
    event.call = 12;
    event.time = std::chrono::system_clock::time_point(1'764'058'519'123ms);
    event.method = "GET";
    event.path = "/companies/list";
    transfer.request_id = "req-7";
    transfer.http_version = "2";
    transfer.name_lookup = 1200us;
    transfer.connect = 340us;
    transfer.tls = 5060us;
    transfer.first_byte = 20'000us;
    transfer.total = 34'049us;
    transfer.bytes_received = 512;
  }
  void attempted(int status) {
    event.attempt = 1;
    event.status = status;
    event.duration = 34ms;
    event.transfer = &transfer;
  }
  operate::LogSink sink() {
    return [this](std::string_view line) { lines.emplace_back(line); };
  }
  std::string line(EventKind kind) {
    event.kind = kind;
    lines.clear();
    operate::log_lines(LogLevel::debug, sink())->on(event);
    return lines.empty() ? "" : lines.front();
  }
  nlohmann::json json(EventKind kind) {
    event.kind = kind;
    lines.clear();
    operate::log_json(LogLevel::debug, sink())->on(event);
    return nlohmann::json::parse(lines.at(0));
  }

  Event event;
  operate::Transfer transfer;
  std::vector<std::string> lines;
};

TEST_F(LogTest, SaysInALineWhatHappened) {
  const std::string begin = "2025-11-25T08:15:19.123Z operate #12 GET /companies/list: ";
  EXPECT_EQ(line(EventKind::call), begin + "begins");
  attempted(503);
  EXPECT_EQ(line(EventKind::attempt),
            begin +
                "attempt 1, 503, HTTP 2, name 1.2 ms, connect 0.3 ms, tls 5.1 ms, first byte 20.0 ms, total "
                "34.0 ms, sent 0 B, received 512 B, request id req-7");
  event.wait = 250ms;
  EXPECT_EQ(line(EventKind::wait), begin + "503, waits 250 ms before attempt 2");
  event.reason = operate::WaitReason::rate_limit;
  EXPECT_EQ(line(EventKind::wait), begin + "503, waits 250 ms before attempt 2, as the server asked");
  attempted(200);
  transfer.connection_reused = true;
  EXPECT_NE(line(EventKind::attempt).find("HTTP 2, kept connection, first byte"), std::string::npos);
  event.succeeded = true;
  EXPECT_EQ(line(EventKind::result), begin + "200 in 34 ms, attempts: 1, request id req-7");
  event.succeeded = false;
  EXPECT_EQ(line(EventKind::result),
            begin + "ended by another exception after 34 ms, attempts: 1, request id req-7");
}

TEST_F(LogTest, AnErrorIsNamedAndQuoted) {
  operate::detail::ErrorDetails details;
  details.what = "GET /companies/list: no connection could be made.";
  const operate::TransportError error(std::make_shared<const operate::detail::ErrorDetails>(details));
  const auto failure = operate::TransportErrorKind::connect;
  event.attempt = 1;
  event.failure = &failure;
  event.error = &error;
  event.duration = 3ms;
  EXPECT_NE(line(EventKind::result).find(": TransportError after 3 ms, attempts: 1: " + details.what),
            std::string::npos);
  const auto object = json(EventKind::result);
  EXPECT_EQ(object["error"], "TransportError");
  EXPECT_EQ(object["failure"], "connect");
  EXPECT_EQ(object["message"], details.what);
  EXPECT_EQ(object["succeeded"], false);
  EXPECT_FALSE(object.contains("status"));
}

TEST_F(LogTest, TheSameFactsStandInJson) {
  attempted(503);
  event.wait = 250ms;
  EXPECT_EQ(json(EventKind::attempt),
            nlohmann::json::parse(R"({"time": "2025-11-25T08:15:19.123Z", "event": "attempt", "call": 12,
                "method": "GET", "path": "/companies/list", "attempt": 1, "status": 503, "wait_ms": 250,
                "duration_ms": 34, "request_id": "req-7", "http_version": "2", "connection_reused": false,
                "bytes_sent": 0, "bytes_received": 512, "name_lookup_us": 1200, "connect_us": 340,
                "tls_us": 5060, "first_byte_us": 20000, "total_us": 34049})"));
  EXPECT_EQ(json(EventKind::wait)["reason"], "retry");
}

TEST_F(LogTest, AKeyThatCouldNotBeReadAnewIsToldOf) {
  operate::detail::ErrorDetails details;
  details.what = "No API key from Doppler: status 403.";
  const operate::ConfigError error(std::make_shared<const operate::detail::ErrorDetails>(details));
  event.error = &error;
  EXPECT_NE(line(EventKind::key)
                .find(": goes on with the API key that there is: No API key from Doppler: status 403."),
            std::string::npos);
  EXPECT_EQ(json(EventKind::key)["event"], "key");
  EXPECT_EQ(json(EventKind::key)["error"], "ConfigError");
}

TEST_F(LogTest, ALineStaysOneLineAndAnIdAnId) {
  const std::string path = "/a\nb\x1b[31m\xff";
  event.path = path;
  attempted(200);
  transfer.request_id = "call 0123\nme";
  EXPECT_EQ(line(EventKind::result).find_first_of("\n\x1b"), std::string::npos);
  EXPECT_EQ(line(EventKind::result).find("request id"), std::string::npos);
  EXPECT_FALSE(json(EventKind::result).contains("request_id"));
}

TEST_F(LogTest, InfoHoldsResultsAndWaits) {
  const auto observer = operate::log_lines(LogLevel::info, sink());
  for (const auto kind : {EventKind::call, EventKind::attempt, EventKind::wait, EventKind::result}) {
    event.kind = kind;
    observer->on(event);
  }
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0].find("waits"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("attempts:"), std::string::npos) << lines[1];
}

TEST_F(LogTest, WithoutASinkItIsStandardError) {
  testing::internal::CaptureStderr();
  event.kind = EventKind::result;
  operate::log_lines()->on(event);
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(text, line(EventKind::result) + "\n");
}

TEST_F(LogTest, ASinkIsCalledByOneThreadAtATime) {
  int count = 0;
  std::atomic<bool> inside{false};
  const auto observer = operate::log_lines(LogLevel::debug, [&](std::string_view) {
    EXPECT_FALSE(inside.exchange(true));
    std::this_thread::yield();
    ++count;
    inside = false;
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) observer->on(event);
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count, 400);
}

TEST_F(LogTest, TheChildOfAForkWaitsForNoThreadOfItsParent) {
  std::latch logging(1), go_on(1);
  const pid_t parent = getpid();
  const auto observer = operate::log_lines(operate::LogLevel::debug, [&](std::string_view) {
    if (getpid() != parent) return;
    logging.count_down();
    go_on.wait();
  });
  std::thread other([&] { observer->on({}); });
  logging.wait();
  EXPECT_TRUE(operate::test::holds_in_child([&] {
    observer->on({});
    return true;
  }));
  go_on.count_down();
  other.join();
}

}  // namespace
