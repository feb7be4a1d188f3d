#include <operate/operate.hpp>

#include "support/raw_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

// Many threads that make calls of every kind, over a server that does everything wrong now and then.
// `HAMMER_CALLS=N` makes so many calls a thread.

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::Response;
using operate::Result;
using operate::test::Connection;
using operate::test::RawServer;

// Counts how often each call begins and ends.
class Counter : public operate::Observer {
 public:
  void on(const operate::Event& event) override {
    const std::lock_guard lock(mutex_);
    if (event.kind == operate::EventKind::call) ++begun_[event.call];
    if (event.kind == operate::EventKind::result) ++ended_[event.call];
  }
  void expect_each_once(std::size_t calls) {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(begun_.size(), calls);
    EXPECT_EQ(ended_.size(), calls);
    for (const auto& [call, times] : ended_) EXPECT_EQ(times, 1) << call;
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, int> begun_, ended_;
};

void serve(Connection& connection, int number) {
  std::minstd_rand random(static_cast<unsigned>(number) + 1);
  while (connection.read_request()) {
    switch (random() % 12) {
      case 0:
        return;
      case 1:
        return connection.reset();
      case 2:
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        return;
      case 3:
        connection.answer(503, "{}");
        break;
      case 4:
        connection.answer(429, "{}", "Retry-After: 0\r\n");
        break;
      case 5:
        connection.answer(404, "{}");
        break;
      default:
        connection.answer(200, R"({"id":"1"})");
    }
  }
}

class Hammer {
 public:
  Hammer(Client client, unsigned seed, int calls) : client_(std::move(client)), random_(seed), left_(calls) {}

  void run() {
    for (; left_ > 0; --left_) make(random_() % 7);
  }

  static std::atomic<int> values, errors, dropped;

 private:
  static void count(const std::function<void()>& call) {
    try {
      call();
      ++values;
    } catch (const operate::Error&) {
      ++errors;
    }
  }

  void make(unsigned kind) {
    operate::RequestOptions options;
    operate::CancellationSource stop;
    options.cancel = stop.token();
    const operate::Request request{kind % 2 == 0 ? "GET" : "POST", "/x", {}, kind % 2 == 0 ? "" : "{}"};
    switch (kind) {
      case 0:
      case 1:
        return count([&] { client_.call(request, options); });
      case 2:
        return count([&] { client_.call_async(request, options).get(); });
      case 3:
        return client_.call_async(request, options).then([](Result<Response> result) {
          ++(result ? values : errors);
        });
      case 4: {
        auto call = client_.call_async(request, options);
        call.cancel();
        return count([&] { call.get(); });
      }
      case 5: {
        auto call = client_.call_async(request, options);
        stop.cancel();
        return count([&] { call.get(); });
      }
      default: {
        const auto unused = client_.call_async(request, options);
        ++dropped;
      }
    }
  }

  Client client_;
  std::minstd_rand random_;
  int left_;
};

std::atomic<int> Hammer::values{0}, Hammer::errors{0}, Hammer::dropped{0};

TEST(HammerTest, EveryCallEndsOnceInItsValueOrItsError) {
  const char* many = std::getenv("HAMMER_CALLS");
  const int calls = many ? std::atoi(many) : 25;
  constexpr int threads = 32;
  const auto counter = std::make_shared<Counter>();
  {
    RawServer server(serve);
    auto config = server.config();
    config.observer = counter;
    config.retry = {2, 1ms, 2ms};
    config.max_connections = 8;
    config.max_async_calls = 40;
    std::vector<std::thread> hammers;
    // The client goes while calls are under way that nobody waits for.
    const auto client = std::make_unique<Client>(config);
    for (unsigned i = 0; i < threads; ++i)
      hammers.emplace_back([i, calls, client = *client] { Hammer(client, i + 1, calls).run(); });
    for (auto& hammer : hammers) hammer.join();
  }
  counter->expect_each_once(static_cast<std::size_t>(threads) * static_cast<std::size_t>(calls));
  EXPECT_GT(Hammer::values, 0);
  EXPECT_GT(Hammer::errors, 0);
  EXPECT_EQ(Hammer::values + Hammer::errors + Hammer::dropped, threads * calls);
}

}  // namespace
