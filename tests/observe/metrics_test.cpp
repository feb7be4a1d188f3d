#include <operate/metrics.hpp>

#include "core/error_details.hpp"
#include "support/child.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Event;
using operate::EventKind;

class MetricsTest : public testing::Test {
 protected:
  // A call with one attempt that took that long.
  void call(std::string_view method, std::string_view path, int status, std::chrono::milliseconds duration,
            const operate::Error* error = nullptr) {
    Event event;
    event.method = method;
    event.path = path;
    event.kind = EventKind::call;
    metrics.on(event);
    event.kind = EventKind::attempt;
    event.attempt = 1;
    event.status = status;
    event.transfer = &transfer;
    metrics.on(event);
    event.kind = EventKind::result;
    event.duration = duration;
    event.error = error;
    event.succeeded = error == nullptr;
    metrics.on(event);
  }
  void expect_line(const std::string& line) {
    EXPECT_NE(("\n" + metrics.text()).find("\n" + line + "\n"), std::string::npos) << line << "\n"
                                                                                   << metrics.text();
  }

  operate::Metrics metrics{{"/deals/list"}};
  operate::Transfer transfer;
};

TEST_F(MetricsTest, CountsCallsAttemptsAndBytes) {
  transfer.bytes_received = 100;
  transfer.connect = 5us;
  call("GET", "/companies/list", 200, 7ms);
  transfer.connect = 0us;
  transfer.bytes_sent = 20;
  call("GET", "/companies/list", 200, 7ms);
  const operate::ServerError error(std::make_shared<const operate::detail::ErrorDetails>());
  call("POST", "/v/alpha/people/create", 503, 1ms, &error);
  expect_line(R"(operate_calls_total{method="GET",path="/companies/list",result="ok"} 2)");
  expect_line(R"(operate_calls_total{method="POST",path="/v/alpha/people/create",result="ServerError"} 1)");
  expect_line(R"(operate_attempts_total{method="GET",path="/companies/list",outcome="200"} 2)");
  expect_line(R"(operate_attempts_total{method="POST",path="/v/alpha/people/create",outcome="503"} 1)");
  expect_line("operate_connections_total 1");
  expect_line("operate_sent_bytes_total 40");
  expect_line("operate_received_bytes_total 300");
  expect_line("operate_calls_in_flight 0");
}

TEST_F(MetricsTest, PathsThatNobodyNamedAreCountedTogether) {
  call("GET", "/deals/list", 200, 1ms);
  call("GET", "/people/ada@example.com", 200, 1ms);
  call("BREW", "/people/bob@example.com", 200, 1ms);
  expect_line(R"(operate_calls_total{method="GET",path="/deals/list",result="ok"} 1)");
  expect_line(R"(operate_calls_total{method="GET",path="other",result="ok"} 1)");
  expect_line(R"(operate_calls_total{method="other",path="other",result="ok"} 1)");
  EXPECT_EQ(metrics.text().find("example.com"), std::string::npos);
}

TEST_F(MetricsTest, TheHistogramHoldsWholeCalls) {
  for (const auto duration : {5ms, 6ms, 1'250ms, 500'000ms}) call("GET", "/companies/list", 200, duration);
  const std::string bucket =
      R"(operate_call_duration_seconds_bucket{method="GET",path="/companies/list",le=")";
  expect_line(bucket + "0.005\"} 1");
  expect_line(bucket + "0.01\"} 2");
  expect_line(bucket + "1\"} 2");
  expect_line(bucket + "2.5\"} 3");
  expect_line(bucket + "120\"} 3");
  expect_line(bucket + "+Inf\"} 4");
  expect_line(R"(operate_call_duration_seconds_sum{method="GET",path="/companies/list"} 501.261)");
  expect_line(R"(operate_call_duration_seconds_count{method="GET",path="/companies/list"} 4)");
}

TEST_F(MetricsTest, CountsWaitsAndWhatIsUnderWay) {
  Event event;
  metrics.on(event);
  event.kind = EventKind::wait;
  event.wait = 1'500ms;
  metrics.on(event);
  metrics.on(event);
  event.reason = operate::WaitReason::rate_limit;
  event.wait = 30s;
  metrics.on(event);
  expect_line("operate_calls_in_flight 1");
  expect_line(R"(operate_waits_total{reason="retry"} 2)");
  expect_line(R"(operate_wait_seconds_total{reason="retry"} 3)");
  expect_line(R"(operate_wait_seconds_total{reason="rate_limit"} 30)");
}

TEST_F(MetricsTest, ANameOfTheUsersIsEscaped) {
  operate::Metrics odd({"/a\"b\\c\n"});
  Event event;
  event.kind = EventKind::result;
  event.path = "/a\"b\\c\n";
  odd.on(event);
  EXPECT_NE(odd.text().find(R"(path="/a\"b\\c\n",result="exception"} 1)"), std::string::npos) << odd.text();
}

TEST_F(MetricsTest, ManyThreadsCountTogether) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) call("GET", "/companies/list", 200, 1ms);
    });
  for (auto& thread : threads) thread.join();
  expect_line(R"(operate_calls_total{method="GET",path="/companies/list",result="ok"} 400)");
}

// For ./dev metrics, which has promtool read what this writes.
TEST_F(MetricsTest, WritesAFileForPromtool) {
  const char* path = std::getenv("OPERATE_TEST_METRICS");
  if (!path) GTEST_SKIP() << "./dev metrics names a file.";
  Event event;
  event.kind = EventKind::wait;
  metrics.on(event);
  call("GET", "/companies/list", 200, 7ms);
  call("GET", "/a \"quoted\" name", 200, 7ms);
  std::ofstream(path) << metrics.text();
}

TEST_F(MetricsTest, TheChildOfAForkBeginsAnew) {
  call("GET", "/deals/list", 200, 1ms);
  EXPECT_TRUE(operate::test::holds_in_child(
      [&] { return metrics.text().find("operate_calls_total{") == std::string::npos; }));
  EXPECT_NE(metrics.text().find("operate_calls_total{"), std::string::npos);
}

}  // namespace
