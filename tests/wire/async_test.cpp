#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>
#include <operate/testing/scripted_transport.hpp>

#include "support/child.hpp"
#include "support/emulator_options.hpp"
#include "support/listing.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <future>
#include <latch>
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
using operate::Async;
using operate::CancelledError;
using operate::Client;
using operate::Company;
using operate::Page;
using operate::Response;
using operate::Result;
using operate::TimeoutError;
using operate::TransportError;
using operate::TransportErrorKind;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;
using operate::testing::Emulator;
using operate::testing::ManualClock;

operate::NewPerson some_person() {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  return person;
}

// A coroutine that is begun at once and says when it has ended.
struct Task {
  struct promise_type {
    std::promise<void> done;
    Task get_return_object() { return {done.get_future()}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() { done.set_value(); }
    void unhandled_exception() { done.set_exception(std::current_exception()); }
  };
  std::future<void> done;
};

class AsyncTest : public testing::Test {
 protected:
  Emulator emulator{operate::test::emulator_options()};
  Client client{emulator.config()};
};

TEST_F(AsyncTest, TheResultComesByGet) {
  auto page = client.companies().list_async({2, 1});
  auto person = client.people().create_async(some_person());
  auto response = client.call_async({"GET", "/companies/list", {{"limit", "1"}}, ""});
  EXPECT_EQ(page.get().size(), 2u);
  EXPECT_EQ(person.get().full_name, "Ada");
  EXPECT_EQ(response.get().status, 200);
}

TEST_F(AsyncTest, TheResultComesByThen) {
  std::promise<std::pair<std::size_t, std::thread::id>> told;
  auto page = client.companies().list_async({3, 0});
  page.then([&](Result<Page<Company>> result) {
    told.set_value({result.value().size(), std::this_thread::get_id()});
  });
  const auto [size, thread] = told.get_future().get();
  EXPECT_EQ(size, 3u);
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(AsyncTest, TheResultComesInACoroutine) {
  std::size_t size = 0;
  std::string name;
  bool refused = false;
  const auto run = [&]() -> Task {
    size = (co_await client.companies().list_async({3, 0})).size();
    name = (co_await client.people().create_async(some_person())).full_name;
    try {
      co_await client.companies().list_async({0, 0});
    } catch (const operate::ValidationError&) {
      refused = true;
    }
  };
  run().done.get();
  EXPECT_EQ(size, 3u);
  EXPECT_EQ(name, "Ada");
  EXPECT_TRUE(refused);
}

TEST_F(AsyncTest, ACallbackMayHoldWhatCannotBeCopied) {
  std::promise<int> told;
  auto held = std::make_unique<int>(7);
  client.companies().list_async().then(
      [&told, held = std::move(held)](Result<Page<Company>>) { told.set_value(*held); });
  EXPECT_EQ(told.get_future().get(), 7);
}

TEST_F(AsyncTest, ErrorsComeWithTheirType) {
  emulator.rotate_api_key("another-key");
  const auto error = thrown<operate::InvalidApiKeyError>([&] { client.companies().list_async().get(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->status(), 401);
  std::promise<bool> told;
  client.people().create_async(some_person()).then([&](Result<operate::Person> result) {
    told.set_value(!result && dynamic_cast<const operate::InvalidApiKeyError*>(&result.error()) != nullptr);
  });
  EXPECT_TRUE(told.get_future().get());
}

TEST_F(AsyncTest, WhatIsRefusedIsAnErrorOfTheResult) {
  EXPECT_EQ(thrown<operate::ValidationError>([&] {
              client.companies().list_async({0, 0}).get();
            })->field(),
            "limit");
  EXPECT_EQ(thrown<operate::ValidationError>([&] { client.people().create_async({}).get(); })->field(),
            "emails");
  EXPECT_TRUE(thrown<operate::ValidationError>([&] { client.call_async({"GET", "x", {}, ""}).get(); }));
  std::promise<bool> told;
  client.companies().list_async({0, 0}).then(
      [&](Result<Page<Company>> result) { told.set_value(result.has_value()); });
  EXPECT_FALSE(told.get_future().get());
  EXPECT_TRUE(emulator.requests().empty());
}

TEST_F(AsyncTest, AResultIsTakenOnce) {
  auto page = client.companies().list_async();
  page.get();
  EXPECT_THROW(page.get(), std::logic_error);
  EXPECT_THROW(page.then([](Result<Page<Company>>) {}), std::logic_error);
  auto other = client.companies().list_async();
  const auto moved = std::move(other);
  EXPECT_THROW(other.get(), std::logic_error);  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(other.is_ready());
  other.cancel();
}

TEST_F(AsyncTest, OnTheClientsThreadGetWouldWaitForItself) {
  std::promise<bool> told;
  client.companies().list_async().then([&](Result<Page<Company>>) {
    auto inner = client.companies().list_async();
    told.set_value(thrown<std::logic_error>([&] { inner.get(); }) != nullptr);
  });
  EXPECT_TRUE(told.get_future().get());
}

TEST_F(AsyncTest, ACallbackMayMakeTheNextCall) {
  std::promise<int> told;
  int left = 20;
  std::function<void(Result<Page<Company>>)> next = [&](Result<Page<Company>> result) {
    if (!result || --left == 0) return told.set_value(left);
    client.companies().list_async().then(next);
  };
  client.companies().list_async().then(next);
  EXPECT_EQ(told.get_future().get(), 0);
}

// Also of a result that was there before: a callback that runs inside then() would find the caller's locks.
TEST_F(AsyncTest, ACallbackRunsOnTheClientsThreadAlone) {
  auto page = client.companies().list_async();
  auto second = client.companies().list_async();
  std::promise<std::thread::id> late, early;
  second.then([&](Result<Page<Company>>) { early.set_value(std::this_thread::get_id()); });
  const auto thread = early.get_future().get();
  while (!page.is_ready()) std::this_thread::yield();
  page.then([&](Result<Page<Company>>) { late.set_value(std::this_thread::get_id()); });
  EXPECT_EQ(late.get_future().get(), thread);
}

// Remembers the results and what was thrown.
class CallListener : public operate::Observer {
 public:
  void on(const operate::Event& event) override {
    const std::lock_guard lock(mutex_);
    if (event.kind == operate::EventKind::result) {
      ++results;
      succeeded += event.succeeded ? 1 : 0;
    }
    if (event.kind == operate::EventKind::callback) {
      path = event.path;
      error_known = event.error != nullptr;
      try {
        std::rethrow_exception(event.exception);
      } catch (const std::exception& exception) {
        thrown_text = exception.what();
      }
      ++callbacks;
    }
    changed_.notify_all();
  }
  void wait_for(int wanted_results, int wanted_callbacks) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return results >= wanted_results && callbacks >= wanted_callbacks; });
  }
  int results = 0, succeeded = 0, callbacks = 0;
  bool error_known = false;
  std::string path, thrown_text;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

TEST_F(AsyncTest, WhatACallbackThrowsGoesToTheObserverAndHarmsNobody) {
  const auto listener = std::make_shared<CallListener>();
  std::string first_line;
  auto config = emulator.config();
  // Before the listener, which lets the test go on.
  const auto log = operate::log_lines(operate::LogLevel::info, [&](std::string_view text) {
    if (first_line.empty() && text.find("callback") != std::string_view::npos) first_line = text;
  });
  config.observer = operate::observe_all({log, listener});
  const Client observed(config);
  observed.companies().list_async().then([](Result<Page<Company>>) { throw std::runtime_error("mine"); });
  listener->wait_for(1, 1);
  EXPECT_EQ(listener->thrown_text, "mine");
  EXPECT_EQ(listener->path, "/companies/list");
  EXPECT_FALSE(listener->error_known);
  observed.companies().list_async({0, 0}).then([](Result<Page<Company>> result) { result.value(); });
  listener->wait_for(1, 2);
  EXPECT_TRUE(listener->error_known);
  EXPECT_EQ(observed.companies().list_async({1, 0}).get().size(), 1u);
  EXPECT_NE(first_line.find("its callback threw an exception that is none of the SDK's"), std::string::npos)
      << first_line;
}

TEST_F(AsyncTest, ADroppedHandleLetsTheCallRun) {
  const auto listener = std::make_shared<CallListener>();
  auto config = emulator.config();
  config.observer = listener;
  const Client observed(config);
  { const auto dropped = observed.people().create_async(some_person()); }
  listener->wait_for(1, 0);
  EXPECT_EQ(listener->succeeded, 1);
  EXPECT_EQ(emulator.requests().size(), 1u);
}

// Runs what it is given on a thread of its own.
class OwnThread : public operate::Executor {
 public:
  OwnThread() : thread_([this] { run(); }) {}
  ~OwnThread() override {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }
  void execute(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    changed_.notify_all();
  }
  std::thread::id id() const { return thread_.get_id(); }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return over_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool over_ = false;
  std::thread thread_;
};

TEST_F(AsyncTest, ARefusedCoAwaitLeavesTheCallbackThatWasPromisedTheResult) {
  std::promise<std::size_t> told;
  auto call = client.companies().list_async({3, 0});
  call.then([&](Result<Page<Company>> result) { told.set_value(result.value().size()); });
  bool refused = false;
  const auto run = [&]() -> Task {
    try {
      co_await std::move(call);
    } catch (const std::logic_error&) {
      refused = true;
    }
  };
  run();
  EXPECT_EQ(told.get_future().get(), 3u);
  EXPECT_TRUE(refused);
}

TEST_F(AsyncTest, ResultsAreDeliveredOnTheExecutor) {
  const auto executor = std::make_shared<OwnThread>();
  auto config = emulator.config();
  config.executor = executor;
  const Client elsewhere(config);
  std::promise<std::thread::id> told;
  elsewhere.companies().list_async().then(
      [&](Result<Page<Company>>) { told.set_value(std::this_thread::get_id()); });
  EXPECT_EQ(told.get_future().get(), executor->id());
  std::thread::id resumed;
  const auto run = [&]() -> Task {
    co_await elsewhere.companies().list_async();
    resumed = std::this_thread::get_id();
    // Here, where results are delivered, but not brought, waiting is allowed.
    elsewhere.companies().list_async().get();
  };
  run().done.get();
  EXPECT_EQ(resumed, executor->id());
}

TEST_F(AsyncTest, AnExecutorThatThrowsLosesNoResult) {
  struct Refuses : operate::Executor {
    void execute(std::function<void()>) override { throw std::runtime_error("full"); }
  };
  auto config = emulator.config();
  config.executor = std::make_shared<Refuses>();
  std::promise<bool> told;
  const Client elsewhere(config);
  elsewhere.companies().list_async().then(
      [&](Result<Page<Company>> result) { told.set_value(result.has_value()); });
  EXPECT_TRUE(told.get_future().get());
}

TEST_F(AsyncTest, AHandleOutlivesItsClient) {
  std::optional<Client> gone(emulator.config());
  auto page = gone->companies().list_async();
  auto kept = gone->companies().list_async();
  while (!page.is_ready() || !kept.is_ready()) std::this_thread::yield();
  gone.reset();
  EXPECT_EQ(page.get().size(), 50u);
  bool told = false;
  kept.then([&](Result<Page<Company>>) { told = true; });
  EXPECT_TRUE(told) << "there is no other thread any more";
}

// A server that answers nobody until it is let go.
class SilentServerTest : public testing::Test {
 protected:
  SilentServerTest() {
    config = server.config();
    config.timeout = config.deadline = config.stall_timeout = 3h;
  }
  ~SilentServerTest() override { open(); }
  void wait_for_requests(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int most_at_once() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

  operate::Config config;

 private:
  void serve(Connection& connection) {
    while (connection.read_request()) {
      {
        std::unique_lock lock(mutex_);
        ++requests_;
        most_ = std::max(most_, ++now_);
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_; });
        --now_;
      }
      connection.answer(200, R"({"id":"1"})");
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  int requests_ = 0, now_ = 0, most_ = 0;
  bool open_ = false;

 protected:
  RawServer server{[this](Connection& connection, int) { serve(connection); }};
};

TEST_F(SilentServerTest, ACallOnTheWireCanBeCancelled) {
  const Client client(config);
  operate::CancellationSource stop;
  operate::RequestOptions options;
  options.cancel = stop.token();
  auto by_handle = client.people().create_async(some_person());
  auto by_token = client.people().create_async(some_person(), options);
  wait_for_requests(2);
  by_handle.cancel();
  const auto error = thrown<CancelledError>([&] { by_handle.get(); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_FALSE(by_token.is_ready());
  stop.cancel();
  EXPECT_THROW(by_token.get(), CancelledError);
}

TEST_F(SilentServerTest, ACallInLineCanBeCancelledAndRunsOutOfTime) {
  config.max_connections = 1;
  const Client client(config);
  auto first = client.call_async({"GET", "/x", {}, ""});
  wait_for_requests(1);
  auto in_line = client.call_async({"GET", "/x", {}, ""});
  operate::RequestOptions hasty;
  hasty.deadline = 5ms;
  const auto late = thrown<TimeoutError>([&] { client.call_async({"GET", "/x", {}, ""}, hasty).get(); });
  ASSERT_TRUE(late);
  EXPECT_EQ(late->limit(), operate::TimeLimit::pool);
  in_line.cancel();
  EXPECT_THROW(in_line.get(), CancelledError);
  open();
  EXPECT_EQ(first.get().status, 200);
}

TEST_F(SilentServerTest, AnAttemptHasItsLimitOfTime) {
  config.timeout = 20ms;
  config.retry.max_retries = 0;
  const auto error = thrown<TimeoutError>([&] { Client(config).call_async({"GET", "/x", {}, ""}).get(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::attempt);
  EXPECT_GE(error->elapsed(), 20ms);
}

TEST_F(SilentServerTest, WithoutHttp2EachCallHasAConnectionAndTheRestWaits) {
  config.max_connections = 3;
  const Client client(config);
  std::vector<Async<Response>> calls;
  for (int i = 0; i < 12; ++i) calls.push_back(client.call_async({"GET", "/x", {}, ""}));
  wait_for_requests(3);
  open();
  for (auto& call : calls) EXPECT_EQ(call.get().status, 200);
  EXPECT_LE(most_at_once(), 3);
  EXPECT_LE(server.connections(), 3);
}

TEST_F(SilentServerTest, WithTheLastClientEachCallEndsInACancelledError) {
  config.max_connections = 2;
  std::optional<Client> client(config);
  std::vector<Async<Response>> calls;
  std::atomic<int> told{0};
  for (int i = 0; i < 6; ++i) calls.push_back(client->call_async({"GET", "/x", {}, ""}));
  calls.back().then(
      [&](Result<Response> result) { told = dynamic_cast<const CancelledError*>(&result.error()) ? 1 : 2; });
  calls.pop_back();
  wait_for_requests(2);
  client.reset();
  EXPECT_EQ(told, 1) << "whoever gives up the last client waits for it";
  for (auto& call : calls) EXPECT_THROW(call.get(), CancelledError);
}

TEST_F(SilentServerTest, TheLastClientMayGoInACallback) {
  auto client = std::make_unique<Client>(config);
  auto waits = client->call_async({"GET", "/x", {}, ""});
  auto first = client->call_async({"GET", "/x", {}, ""});
  wait_for_requests(2);
  std::promise<void> told;
  first.then([&](Result<Response>) {
    client.reset();
    told.set_value();
  });
  first.cancel();
  told.get_future().get();
  EXPECT_THROW(waits.get(), CancelledError);
}

TEST_F(SilentServerTest, TwoClientsMayGoInACallbackOfTheOther) {
  struct Side {
    std::unique_ptr<Client> client;
    std::promise<void> entered, told;
  };
  Side sides[2];
  std::shared_future<void> entered[2];
  std::vector<operate::Async<Response>> calls;
  std::weak_ptr<operate::Observer> kept[2];
  for (int i = 0; i < 2; ++i) {
    auto observed = config;
    observed.observer = operate::log_lines(operate::LogLevel::info, [](std::string_view) {});
    kept[i] = observed.observer;
    sides[i].client = std::make_unique<Client>(observed);
    entered[i] = sides[i].entered.get_future();
    calls.push_back(sides[i].client->call_async({"GET", "/x", {}, ""}));
  }
  for (std::size_t i = 0; i < 2; ++i) {
    calls[i].then([&sides, &entered, i](Result<Response>) {
      sides[i].entered.set_value();
      entered[1 - i].wait();
      sides[1 - i].client.reset();
      sides[i].told.set_value();
    });
    calls[i].cancel();
  }
  for (Side& side : sides) side.told.get_future().get();
  // Nobody waits for the two threads, which are done when they have let go of what was their client's.
  calls.clear();
  for (const auto& observer : kept)
    while (!observer.expired()) std::this_thread::yield();
}

TEST_F(SilentServerTest, WhereItIsFullACallFailsOrItsMakerWaits) {
  config.max_async_calls = 2;
  const Client client(config);
  auto first = client.call_async({"GET", "/x", {}, ""});
  auto second = client.call_async({"GET", "/x", {}, ""});
  wait_for_requests(2);
  operate::RequestOptions fail;
  fail.when_full = operate::WhenFull::fail;
  const auto error = thrown<TransportError>([&] { client.people().create_async(some_person(), fail).get(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), TransportErrorKind::queue_full);
  EXPECT_TRUE(error->retryable());
  EXPECT_FALSE(error->may_have_been_applied());
  operate::RequestOptions hasty;
  hasty.deadline = 5ms;
  EXPECT_EQ(thrown<TimeoutError>([&] {
              client.call_async({"GET", "/x", {}, ""}, hasty).get();
            })->limit(),
            operate::TimeLimit::queue);
  operate::CancellationSource stop;
  operate::RequestOptions stoppable;
  stoppable.cancel = stop.token();
  stop.cancel();
  EXPECT_THROW(client.call_async({"GET", "/x", {}, ""}, stoppable).get(), CancelledError);
  std::thread producer([&] { EXPECT_EQ(client.call_async({"GET", "/x", {}, ""}).get().status, 200); });
  open();
  producer.join();
  EXPECT_EQ(first.get().status, 200);
  EXPECT_EQ(second.get().status, 200);
}

// The same rules as for calls that wait.
TEST(AsyncRulesTest, RetriesWaitOnTheClientsClock) {
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  const auto clock = std::make_shared<ManualClock>();
  config.clock = clock;
  config.retry = {3, 10min, 10min};
  config.deadline = 5h;
  const Client client(config);
  emulator.limit_next(2, 60s);
  EXPECT_EQ(client.companies().list_async({1, 0}).get().size(), 1u);
  EXPECT_EQ(emulator.requests().size(), 3u);
  const auto sleeps = clock->sleeps();
  EXPECT_TRUE(std::any_of(sleeps.begin(), sleeps.end(), [](auto sleep) { return sleep >= 60s; }));
}

TEST(AsyncRulesTest, ACallThatWaitsForItsRetryCanBeCancelled) {
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  const auto clock = std::make_shared<ManualClock>(operate::testing::Sleepers::wait);
  config.clock = clock;
  const Client client(config);
  emulator.limit_next(1, 30s);
  auto call = client.companies().list_async();
  clock->wait_for_sleepers(1);
  call.cancel();
  EXPECT_THROW(call.get(), CancelledError);
  auto another = client.companies().list_async();
  clock->wait_for_sleepers(1);
  clock->advance(31s);
  EXPECT_EQ(another.get().size(), 50u) << "the client is held by the other call's answer";
}

// Comes back before the time, or throws, or has no time.
class BadClock : public operate::Clock {
 public:
  time_point now() override {
    if (fails) throw std::runtime_error("no time");
    return std::chrono::steady_clock::now();
  }
  void sleep_until(time_point time, const operate::CancellationToken& cancel) override {
    ++sleeps;
    if (throws) throw std::runtime_error("no sleep");
    cancel.wait_until(std::min(time, std::chrono::steady_clock::now() + 20us));
  }
  std::atomic<bool> fails{false}, throws{false};
  std::atomic<int> sleeps{0};
};

TEST(AsyncRulesTest, AClockThatComesBackEarlyIsAskedAgain) {
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  config.clock = std::make_shared<BadClock>();
  config.retry = {1, 100ms, 100ms};
  const Client client(config);
  for (int i = 0; i < 5; ++i) {
    emulator.answer_next({503, {}, "", 0ms});
    EXPECT_EQ(client.companies().list_async({1, 0}).get().size(), 1u);
  }
}

TEST(AsyncRulesTest, AClockThatThrowsWhereItIsInterruptedHarmsNoOtherCall) {
  class Interrupted : public operate::Clock {
   public:
    time_point now() override { return std::chrono::steady_clock::now(); }
    void sleep_until(time_point time, const operate::CancellationToken& cancel) override {
      asleep.store(true);
      if (cancel.wait_until(time)) throw std::runtime_error("interrupted");
    }
    std::atomic<bool> asleep{false};
  };
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  const auto clock = std::make_shared<Interrupted>();
  config.clock = clock;
  config.retry = {1, 1ms, 1ms};
  const Client client(config);
  emulator.answer_next({503, {{"Retry-After", "60"}}, "", 0ms});
  auto sleeping = client.companies().list_async({1, 0});
  while (!clock->asleep) std::this_thread::yield();
  sleeping.cancel();
  EXPECT_THROW(sleeping.get(), CancelledError);
  emulator.answer_next({503, {}, "", 0ms});
  EXPECT_EQ(client.companies().list_async({1, 0}).get().size(), 1u);
}

TEST(AsyncRulesTest, WhatAClockThrowsWhenACallIsToSleepIsTheCallsOutcome) {
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  const auto clock = std::make_shared<BadClock>();
  clock->throws = true;
  config.clock = clock;
  config.retry = {1, 100ms, 100ms};
  const Client client(config);
  for (int i = 0; i < 5; ++i) {
    emulator.answer_next({503, {}, "", 0ms});
    EXPECT_THROW(client.companies().list_async({1, 0}).get(), std::runtime_error);
    emulator.answer_next({503, {}, "", 0ms});
    EXPECT_THROW(client.companies().list({1, 0}), std::runtime_error);
  }
  EXPECT_EQ(clock->sleeps, 10);
}

TEST(AsyncRulesTest, AClockThatFailsFailsTheCallsThatWaitForIt) {
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  const auto clock = std::make_shared<BadClock>();
  config.clock = clock;
  const Client client(config);
  emulator.limit_next(1, 3600s);
  operate::RequestOptions patient;
  patient.deadline = 5h;
  auto call = client.companies().list_async({1, 0}, patient);
  while (clock->sleeps == 0) std::this_thread::yield();
  clock->fails = true;
  EXPECT_THROW(call.get(), std::runtime_error);
  clock->fails = false;
}

TEST(AsyncRulesTest, ACreateIsNeverDoubled) {
  std::atomic<int> creates{0};
  RawServer server([&](Connection& connection, int number) {
    if (number == 0) {
      if (connection.read_request()) connection.answer(200, R"({"id":"1"})");
      // The second one is read and lost.
      if (connection.read_request()) ++creates;
      return;
    }
    while (connection.read_request()) {
      ++creates;
      connection.answer(200, R"({"id":"1"})");
    }
  });
  const Client client(server.config());
  client.call_async({"GET", "/x", {}, ""}).get();
  const auto error = thrown<TransportError>([&] { client.people().create_async(some_person()).get(); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_EQ(creates, 1);
}

TEST(AsyncRulesTest, WhatComesUnaskedIsNobodysAnswer) {
  std::latch sent(1);
  RawServer server([&](Connection& connection, int number) {
    if (!connection.read_request()) return;
    if (number > 0) return connection.answer(200, R"({"id":"asked for"})");
    connection.answer(200, R"({"id":"1"})");
    connection.answer(200, R"({"id":"unasked for"})");
    sent.count_down();
    connection.wait_for_close();
  });
  const Client client(server.config());
  for (int i = 0; i < 2; ++i) {
    const std::string body = client.call_async({"GET", "/x", {}, ""}).get().body;
    EXPECT_EQ(body, i == 0 ? R"({"id":"1"})" : R"({"id":"asked for"})");
    sent.wait();
  }
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define OPERATE_UNDER_THREAD_SANITIZER  // It knows no threads in the child of a fork.
#endif
#endif
#ifndef OPERATE_UNDER_THREAD_SANITIZER
TEST(AsyncRulesTest, AChildOfAForkBeginsAnew) {
  RawServer server([&](Connection& connection, int number) {
    while (connection.read_request()) connection.answer(200, std::to_string(number));
  });
  const auto client = std::make_unique<Client>(server.config());
  const auto connection_used = [&] { return client->call_async({"GET", "/x", {}, ""}).get().body; };
  EXPECT_EQ(connection_used(), "0");
  EXPECT_TRUE(
      operate::test::holds_in_child([&] { return connection_used() == "1" && connection_used() == "1"; }));
  EXPECT_EQ(connection_used(), "0");
}
#endif

TEST(AsyncRulesTest, ConnectionsAreKept) {
  std::atomic<int> requests{0};
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) {
      ++requests;
      connection.answer(200, "{}");
    }
  });
  const Client client(server.config());
  for (int i = 0; i < 5; ++i) client.call_async({"GET", "/x", {}, ""}).get();
  EXPECT_EQ(requests, 5);
  EXPECT_EQ(server.connections(), 1);
}

TEST(AsyncRulesTest, OverATransportOfTheUsersCallsRunAtOnce) {
  std::latch both(2);
  auto transport = std::make_shared<operate::testing::ScriptedTransport>();
  transport->whenever({"GET", "/x"},
                      [&](const operate::testing::ReceivedRequest&) -> operate::TransportResult {
                        both.arrive_and_wait();
                        return operate::TransportResponse{200, {}, "{}"};
                      });
  transport->whenever({"GET", "/bad"},
                      [&](const operate::testing::ReceivedRequest&) -> operate::TransportResult {
                        throw std::domain_error("the transport's own");
                      });
  operate::Config config;
  config.api_key = "any-key";
  config.transport = transport;
  const Client client(config);
  auto first = client.call_async({"GET", "/x", {}, ""});
  auto second = client.call_async({"GET", "/x", {}, ""});
  EXPECT_EQ(first.get().status + second.get().status, 400);
  EXPECT_THROW(client.call_async({"GET", "/bad", {}, ""}).get(), std::domain_error);
  std::promise<std::string> told;
  client.call_async({"GET", "/bad", {}, ""}).then([&](Result<Response> result) {
    told.set_value(result.error().what());
  });
  EXPECT_NE(told.get_future().get().find("none of the SDK's"), std::string::npos);
}

}  // namespace
