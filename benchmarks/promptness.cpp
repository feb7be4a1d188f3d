// How long a call goes on after it was cancelled, and after its deadline: at each place where it can be, the
// median and the worst of a number of runs, in milliseconds.
#include <operate/operate.hpp>

#include "support/raw_server.hpp"
#include "support/sleeping_thread.hpp"
#include "support/unreachable.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::Wire;

constexpr int runs = 40;

struct Place {
  const char* name;
  operate::Config config;
  operate::Request request = {"POST", "/x", {}, "{}"};
  bool pool = false;  ///< Another call has the only connection.
};

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void report(const char* place, const char* what, std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  std::printf("%-28s %-12s median %7.2f ms   worst %7.2f ms\n", place, what, figures[figures.size() / 2],
              figures.back());
}

// When the call came back.
Clock::time_point end_of(const operate::Client& client, const Place& place,
                         const operate::RequestOptions& options) {
  try {
    client.call(place.request, options);
    std::printf("%s: the call worked\n", place.name);
  } catch (const operate::CancelledError&) {
  } catch (const operate::TimeoutError&) {
  } catch (const operate::ServerError&) {
    // A deadline that ends before a retry does not wait for it.
  }
  return Clock::now();
}

void measure(const Place& place) {
  const operate::Client client(place.config);
  operate::CancellationSource stop_other;
  std::thread other;
  if (place.pool) {
    std::promise<operate::test::SleepingThread> thread;
    auto started = thread.get_future();
    other = std::thread([&] {
      thread.set_value({});
      operate::RequestOptions options;
      options.cancel = stop_other.token();
      end_of(client, place, options);
    });
    started.get().wait_until_asleep();
  }
  std::vector<double> cancelled, late;
  for (int i = 0; i < runs; ++i) {
    const operate::CancellationSource stop;
    std::promise<operate::test::SleepingThread> thread;
    auto call = std::async(std::launch::async, [&] {
      thread.set_value({});
      operate::RequestOptions options;
      options.cancel = stop.token();
      options.safe_to_repeat = true;
      return end_of(client, place, options);
    });
    const auto caller = thread.get_future().get();
    std::this_thread::sleep_for(20ms);  // Long enough to be where the place says.
    caller.wait_until_asleep();
    const auto then = Clock::now();
    stop.cancel();
    cancelled.push_back(milliseconds(call.get() - then));

    operate::RequestOptions options;
    options.deadline = 30ms;
    options.safe_to_repeat = true;
    const auto start = Clock::now();
    late.push_back(std::max(0.0, milliseconds(end_of(client, place, options) - start) - 30));
  }
  stop_other.cancel();
  if (other.joinable()) other.join();
  report(place.name, "cancelled", cancelled);
  report(place.name, "deadline", late);
}

constexpr const char* slow_host = "slow.operate.test";

}  // namespace

// A name server that takes three seconds for one host.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service,
                                                                  const addrinfo* hints, addrinfo** found) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto system_function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node && std::strcmp(node, slow_host) == 0) {
    std::this_thread::sleep_for(3s);
    return EAI_AGAIN;
  }
  return system_function(node, service, hints, found);
}

int main() {
  std::promise<void> end;
  const std::shared_future<void> ended = end.get_future().share();
  const operate::test::Unreachable nowhere;
  RawServer mute([](Connection& connection, int) { connection.wait_for_close(); }, Wire::plain);
  RawServer deaf(
      [ended](Connection& connection, int) {
        connection.read_byte();
        ended.wait();
      },
      Wire::plain);
  RawServer thinking(
      [](Connection& connection, int) {
        connection.read_request();
        connection.wait_for_close();
      },
      Wire::plain);
  RawServer halting(
      [](Connection& connection, int) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        connection.wait_for_close();
      },
      Wire::plain);
  RawServer busy(
      [](Connection& connection, int) {
        while (connection.read_request()) connection.answer(503, "", "Retry-After: 3600\r\n");
      },
      Wire::plain);

  operate::Config config;
  config.api_key = "sk_test";
  config.timeout = config.connect_timeout = config.stall_timeout = config.deadline = 3h;
  const auto at = [&](const std::string& url) {
    operate::Config there = config;
    there.base_url = url;
    return there;
  };
  operate::Config one = at(thinking.base_url());
  one.max_connections = 1;
  operate::Config named = at("http://" + std::string(slow_host));
  named.allow_plain_http = true;
  named.trust_environment = false;
  measure({"resolving", named});
  measure({"connecting", at(nowhere.base_url())});
  measure({"TLS handshake", at("https" + mute.base_url().substr(4))});
  measure({"sending", at(deaf.base_url()), {"POST", "/x", {}, std::string(64u << 20, ' ')}});
  measure({"waiting for the answer", at(thinking.base_url())});
  measure({"receiving", at(halting.base_url())});
  measure({"waiting before a retry", at(busy.base_url())});
  measure({"waiting for a connection", one, {"POST", "/x", {}, "{}"}, true});
  end.set_value();
}
