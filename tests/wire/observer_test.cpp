#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/emulator_options.hpp"
#include "support/listing.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::Event;
using operate::EventDetail;
using operate::EventKind;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;
using operate::testing::ManualClock;

// Keeps what it hears, copied out of the events.
class Listener : public operate::Observer {
 public:
  struct Heard {
    Event event;
    std::string path;
    std::optional<operate::Transfer> transfer;
    std::optional<operate::TransportErrorKind> failure;
    std::shared_ptr<const operate::Error> error;
    std::optional<operate::EventMessage> message;
  };

  explicit Listener(EventDetail detail = EventDetail::facts) : detail_(detail) {}
  void on(const Event& event) override {
    Heard heard;
    heard.event = event;
    heard.path = event.path;
    if (event.transfer) heard.transfer = *event.transfer;
    if (event.failure) heard.failure = *event.failure;
    if (event.error) heard.error = event.error->clone();
    if (event.message) heard.message = *event.message;
    const std::lock_guard lock(mutex_);
    heard_.push_back(std::move(heard));
  }
  EventDetail detail() const override { return detail_; }

  std::vector<Heard> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  std::vector<EventKind> kinds() const {
    std::vector<EventKind> kinds;
    for (const auto& one : heard()) kinds.push_back(one.event.kind);
    return kinds;
  }

 private:
  EventDetail detail_;
  mutable std::mutex mutex_;
  std::vector<Heard> heard_;
};

// A server that answers with one status after the other, and then always with the last.
class ObserverTest : public testing::Test {
 protected:
  Client client_of(std::vector<int> statuses, std::string headers = {}, std::string body = "{}") {
    server.emplace([this, statuses = std::move(statuses), headers = std::move(headers),
                    body = std::move(body)](Connection& connection, int) {
      while (connection.read_request()) {
        const auto number = static_cast<std::size_t>(requests++);
        connection.answer(statuses[std::min(number, statuses.size() - 1)], body, headers);
      }
    });
    server->direct(config);
    config.api_key = "sk_test_sentinel";
    config.clock = clock;
    config.observer = listener;
    return Client(config);
  }

  std::atomic<int> requests{0};
  std::optional<RawServer> server;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  std::shared_ptr<Listener> listener = std::make_shared<Listener>();
  operate::Config config;
};

TEST_F(ObserverTest, HearsOfEachStepOfACall) {
  config.retry = {2, 1s, 1s};
  const Client client = client_of({503, 200}, "x-request-id: req-7\r\n");
  operate::RequestOptions options;
  options.safe_to_repeat = true;
  client.call({"POST", "/deals", {}, "{\"a\":1}"}, options);
  ASSERT_EQ(listener->kinds(), (std::vector<EventKind>{EventKind::call, EventKind::attempt, EventKind::wait,
                                                       EventKind::attempt, EventKind::result}));
  const auto heard = listener->heard();
  for (const auto& one : heard) {
    EXPECT_EQ(one.event.call, heard.front().event.call);
    EXPECT_EQ(one.path, "/deals");
    EXPECT_FALSE(one.message);
  }
  EXPECT_EQ(heard[0].event.attempt, 0);
  EXPECT_FALSE(heard[0].transfer);
  EXPECT_EQ(heard[1].event.attempt, 1);
  EXPECT_EQ(heard[1].event.status, 503);
  EXPECT_EQ(heard[2].event.status, 503);
  EXPECT_EQ(heard[2].event.reason, operate::WaitReason::retry);
  EXPECT_EQ(heard[2].event.wait, clock->sleeps().at(0));
  EXPECT_EQ(heard[3].event.attempt, 2);
  EXPECT_EQ(heard[3].event.wait, clock->sleeps().at(0));
  EXPECT_EQ(heard[4].event.attempt, 2);
  EXPECT_EQ(heard[4].event.status, 200);
  EXPECT_TRUE(heard[4].event.succeeded);
  EXPECT_EQ(heard[4].event.duration, clock->sleeps().at(0));
  EXPECT_FALSE(heard[4].error);

  const operate::Transfer& first = *heard[1].transfer;
  EXPECT_EQ(first.request_id, "req-7");
  EXPECT_EQ(first.http_version, "1.1");
  EXPECT_FALSE(first.connection_reused);
  EXPECT_EQ(first.bytes_sent, 7);
  EXPECT_EQ(first.bytes_received, 2);
  EXPECT_GT(first.connect, 0us);
  EXPECT_EQ(first.tls > 0us, operate::test::over_tls());
  EXPECT_GT(first.first_byte, first.connect);
  EXPECT_GE(first.total, first.first_byte);
  const operate::Transfer& second = *heard[3].transfer;
  EXPECT_TRUE(second.connection_reused);
  EXPECT_EQ(second.connect, 0us);
  EXPECT_EQ(second.tls, 0us);
}

TEST_F(ObserverTest, TheResultHasTheErrorThatIsThrown) {
  const Client client = client_of({401});
  const auto error = thrown<operate::InvalidApiKeyError>([&] { client.companies().list(); });
  ASSERT_TRUE(error);
  const auto heard = listener->heard().back();
  EXPECT_EQ(heard.event.kind, EventKind::result);
  EXPECT_FALSE(heard.event.succeeded);
  ASSERT_TRUE(std::dynamic_pointer_cast<const operate::InvalidApiKeyError>(heard.error));
  EXPECT_STREQ(heard.error->what(), error->what());
  const auto report = nlohmann::json::parse(error->report());
  EXPECT_EQ(report.at("call"), heard.event.call);
  EXPECT_TRUE(report.contains("time"));
}

TEST_F(ObserverTest, AnAnswerThatCannotBeReadIsAnErrorOfTheCall) {
  EXPECT_THROW(client_of({200}).companies().list(), operate::DecodeError);
  EXPECT_TRUE(std::dynamic_pointer_cast<const operate::DecodeError>(listener->heard().back().error));
}

TEST_F(ObserverTest, AFailureIsNamed) {
  const Client client = client_of({200});
  config.base_url = "http://127.0.0.1:" + std::to_string(operate::test::closed_port());
  config.retry.max_retries = 0;
  const auto error = thrown<operate::TransportError>([&] { Client(config).companies().list(); });
  ASSERT_TRUE(error);
  const auto heard = listener->heard();
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[1].failure, operate::TransportErrorKind::connect);
  EXPECT_EQ(heard[1].event.status, 0);
  EXPECT_EQ(heard[1].transfer->http_version, "");
  EXPECT_EQ(error->attempts().at(0).transfer.total, heard[1].transfer->total);
}

TEST_F(ObserverTest, AHeldClientSaysWhyItWaits) {
  config.retry = {0, 1ms, 1ms};
  const Client client = client_of({429, 200}, "Retry-After: 30\r\n");
  EXPECT_THROW(client.call({"GET", "/x", {}, ""}), operate::RateLimitError);
  client.call({"GET", "/x", {}, ""});
  const auto heard = listener->heard();
  ASSERT_EQ(heard.size(), 7u);
  EXPECT_EQ(heard[4].event.kind, EventKind::wait);
  EXPECT_EQ(heard[4].event.call, heard[0].event.call + 1);
  EXPECT_EQ(heard[4].event.reason, operate::WaitReason::rate_limit);
  EXPECT_EQ(heard[4].event.wait, 30s);
  EXPECT_EQ(heard[4].event.attempt, 0);
}

TEST_F(ObserverTest, AWaitThatTheServerAskedForIsNoBackOff) {
  config.retry = {2, 1s, 1s};
  client_of({429, 503, 200}, "Retry-After: 3600\r\n").call({"GET", "/x", {}, ""}, [] {
    operate::RequestOptions options;
    options.deadline = 3h;
    return options;
  }());
  int waits = 0;
  for (const auto& one : listener->heard()) {
    if (one.event.kind != EventKind::wait) continue;
    ++waits;
    EXPECT_EQ(one.event.reason, operate::WaitReason::rate_limit);
    EXPECT_EQ(one.event.wait, 3600s);
  }
  EXPECT_EQ(waits, 2);
}

TEST_F(ObserverTest, ACallThatIsRefusedBeforeItIsSentIsNoEvent) {
  EXPECT_THROW(client_of({200}).companies().list({0, 0}), operate::ValidationError);
  EXPECT_THROW(client_of({200}).call({"GET", "//x", {}, ""}), operate::ValidationError);
  EXPECT_TRUE(listener->heard().empty());
}

class Failing : public operate::Observer {
 public:
  void on(const Event&) override { throw std::runtime_error("disk full"); }
};

TEST_F(ObserverTest, WhatAnObserverThrowsHarmsNoCall) {
  client_of({200});
  config.observer = std::make_shared<Failing>();
  EXPECT_EQ(Client(config).call({"GET", "/x", {}, ""}).status, 200);
}

class FailingClock : public ManualClock {
 public:
  time_point now() override {
    if (fails) throw std::runtime_error("no time");
    return ManualClock::now();
  }
  std::atomic<bool> fails{false};
};

TEST_F(ObserverTest, AnotherExceptionEndsACallInAResultToo) {
  const auto failing = std::make_shared<FailingClock>();
  clock = failing;
  class FailFirst : public Listener {
   public:
    explicit FailFirst(FailingClock& clock) : clock_(clock) {}
    void on(const Event& event) override {
      Listener::on(event);
      if (event.kind == EventKind::call) clock_.fails = true;
    }

   private:
    FailingClock& clock_;
  };
  listener = std::make_shared<FailFirst>(*failing);
  EXPECT_THROW(client_of({200}).call({"GET", "/x", {}, ""}), std::runtime_error);
  ASSERT_EQ(listener->kinds(), (std::vector<EventKind>{EventKind::call, EventKind::result}));
  EXPECT_FALSE(listener->heard().back().event.succeeded);
  EXPECT_FALSE(listener->heard().back().error);
}

TEST_F(ObserverTest, AnObserverOfSeveralGroupsTellsCallsApart) {
  client_of({200});
  for (int i = 0; i < 2; ++i) {
    config.observer = operate::observe_all({listener});
    Client(config).call({"GET", "/x", {}, ""});
  }
  EXPECT_NE(listener->heard().front().event.call, listener->heard().back().event.call);
}

TEST_F(ObserverTest, CallsOfManyThreadsAndClientsHaveNumbersOfTheirOwn) {
  config.retry = {1, 1ms, 1ms};
  const std::vector<Client> clients = {client_of({200}), Client(config)};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) clients[static_cast<std::size_t>(t % 2)].call({"GET", "/x", {}, ""});
    });
  for (auto& thread : threads) thread.join();
  std::map<std::uint64_t, std::vector<EventKind>> calls;
  for (const auto& one : listener->heard()) calls[one.event.call].push_back(one.event.kind);
  EXPECT_EQ(calls.size(), 160u);
  for (const auto& [number, kinds] : calls)
    EXPECT_EQ(kinds, (std::vector<EventKind>{EventKind::call, EventKind::attempt, EventKind::result}))
        << number;
}

TEST_F(ObserverTest, HeadersAndBodiesAreShownToWhomAsksForThem) {
  for (const EventDetail detail : {EventDetail::headers, EventDetail::bodies}) {
    listener = std::make_shared<Listener>(detail);
    const Client client = client_of(
        {200}, "Content-Type: application/json\r\nSet-Cookie: a=private\r\nX-Echo: sk_test_sentinel\r\n",
        R"({"name":"private","key":"sk_test_sentinel"})");
    operate::RequestOptions options;
    options.headers = {{"X-Mine", "private"}};
    client.call({"POST", "/x", {{"limit", "5"}, {"q", "private"}}, R"({"private":1})"}, options);
    const auto heard = listener->heard();
    EXPECT_FALSE(heard.front().message);
    ASSERT_TRUE(heard.at(1).message);
    const operate::EventMessage& message = *heard[1].message;
    EXPECT_EQ(message.url, config.base_url + "/x");
    std::map<std::string, std::string> request, response, query;
    for (const auto& [name, value] : message.request_headers) request[name] = value;
    for (const auto& [name, value] : message.response_headers) response[name] = value;
    for (const auto& [name, value] : message.query) query[name] = value;
    EXPECT_EQ(request["x-api-key"], "[removed]");
    EXPECT_EQ(request["X-Mine"], "[removed]");
    EXPECT_EQ(request["Content-Type"], "application/json");
    EXPECT_EQ(response["Content-Type"], "application/json");
    EXPECT_EQ(response["Set-Cookie"], "[removed]");
    EXPECT_EQ(response["X-Echo"], "[removed]");
    EXPECT_EQ(query["limit"], "5");
    const bool bodies = detail == EventDetail::bodies;
    EXPECT_EQ(query["q"], bodies ? "private" : "[removed]");
    EXPECT_EQ(message.request_body, bodies ? R"({"private":1})" : "");
    EXPECT_EQ(message.response_body, bodies ? R"({"name":"private","key":"[api key]"})" : "");
  }
}

TEST_F(ObserverTest, TheSameFactsStandBesideEveryValue) {
  listener = nullptr;
  const Client client =
      client_of({200}, "x-request-id: req-7\r\n", operate::test::companies_page(1, 50, 0, 1));
  const auto page = client.companies().list();
  EXPECT_EQ(page.transfer().request_id, "req-7");
  EXPECT_FALSE(page.transfer().connection_reused);
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  EXPECT_TRUE(client.people().create(person).transfer.connection_reused);
  EXPECT_EQ(client.call({"GET", "/x", {}, ""}).transfer.request_id, "req-7");
  const auto pages = client.companies().list_all().pages();
  EXPECT_EQ(pages.begin()->transfer().http_version, "1.1");
}

// libcurl's own figure for a request with a body is when the body began to go out.
TEST_F(ObserverTest, TheFirstByteIsTheAnswersAlsoBehindABody) {
  operate::testing::Emulator emulator(operate::test::emulator_options());
  emulator.set_latency(5ms);
  const Client client(emulator.config());
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  EXPECT_GE(client.people().create(person).transfer.first_byte, 5ms);
  EXPECT_GE(client.companies().list().transfer().first_byte, 5ms);
}

// Gives each attempt a span of its own, as a tracer does.
class Tracer : public Listener {
 public:
  explicit Tracer(std::string form) : form_(std::move(form)) {}
  operate::TraceContext trace_context(const Event& attempt) override {
    EXPECT_EQ(attempt.kind, EventKind::attempt);
    EXPECT_EQ(attempt.path, "/x");
    EXPECT_EQ(attempt.transfer, nullptr);
    if (form_ == "throws") throw std::runtime_error("mine");
    if (form_.empty()) return {};
    return {form_ + "1" + std::to_string(attempt.attempt) + "-01", "vendor=7"};
  }

 private:
  std::string form_;
};

const std::string span = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902";

// The lines of the trace in each request that a call of two attempts sends.
std::vector<std::string> traced(std::shared_ptr<operate::Observer> observer,
                                const operate::RequestOptions& options = {}) {
  std::vector<std::string> lines;
  std::mutex mutex;
  RawServer server([&](Connection& connection, int) {
    while (const auto request = connection.read_request()) {
      std::string found;
      for (const char* name : {"traceparent: ", "tracestate: "})
        if (const std::size_t at = request->find(name); at != std::string::npos)
          found += request->substr(at, request->find("\r\n", at) - at) + ";";
      const std::lock_guard lock(mutex);
      lines.push_back(found);
      connection.answer(lines.size() == 1 ? 503 : 200, "{}");
    }
  });
  operate::Config config = server.config();
  config.observer = std::move(observer);
  config.retry.initial_delay = config.retry.max_delay = 1ms;
  Client(config).call({"GET", "/x", {}, ""}, options);
  const std::lock_guard lock(mutex);
  return lines;
}

TEST(TracingTest, EachAttemptCarriesASpanOfItsOwn) {
  EXPECT_EQ(traced(std::make_shared<Tracer>(span)),
            (std::vector<std::string>{"traceparent: " + span + "11-01;tracestate: vendor=7;",
                                      "traceparent: " + span + "12-01;tracestate: vendor=7;"}));
}

TEST(TracingTest, TheEventsSayWhatWasSent) {
  class Traces : public Tracer {
   public:
    Traces() : Tracer(span) {}
    void on(const Event& event) override {
      if (event.kind != EventKind::wait) told.emplace_back(event.traceparent);
    }
    std::vector<std::string> told;
  };
  const auto traces = std::make_shared<Traces>();
  traced(traces);
  EXPECT_EQ(traces->told, (std::vector<std::string>{"", span + "11-01", span + "12-01", span + "12-01"}));
  std::vector<std::string> lines;
  operate::RequestOptions options;
  options.headers = {{"traceparent", "mine"}};
  traced(operate::log_json(operate::LogLevel::info, [&](std::string_view line) { lines.emplace_back(line); }),
         options);
  EXPECT_NE(lines.back().find(R"("traceparent":"mine")"), std::string::npos) << lines.back();
}

TEST(TracingTest, WithoutASpanNoneIsSent) {
  const std::vector<std::string> none(2);
  for (const char* form : {"", "nonsense", "throws"}) EXPECT_EQ(traced(std::make_shared<Tracer>(form)), none);
  EXPECT_EQ(traced(std::make_shared<Listener>()), none);
  EXPECT_EQ(traced(nullptr), none);
}

TEST(TracingTest, ACallsOwnTraceGoesFirst) {
  operate::RequestOptions options;
  options.headers = {{"TraceParent", "mine"}};
  EXPECT_EQ(traced(std::make_shared<Tracer>(span), options), std::vector<std::string>(2));
}

TEST(TracingTest, OfSeveralObserversTheFirstThatHasOneGivesIt) {
  const auto all = operate::observe_all({std::make_shared<Listener>(), std::make_shared<Tracer>("throws"),
                                         std::make_shared<Tracer>(span), std::make_shared<Tracer>("other")});
  EXPECT_EQ(traced(all).at(0), "traceparent: " + span + "11-01;tracestate: vendor=7;");
}

}  // namespace
