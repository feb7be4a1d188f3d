// A name server that does not answer, in a program of its own because it stands in for the system's
// getaddrinfo.
#include <operate/operate.hpp>

#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::test::thrown;

constexpr const char* host = "slow.operate.test";

// Looking up `host` takes until the test lets it go on, and then finds this machine.
class NameServer {
 public:
  void look_up() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return answers_; });
    --waiting_;
    changed_.notify_all();
  }
  void wait_for_a_question() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ > 0; });
  }
  void silence() {
    const std::lock_guard lock(mutex_);
    answers_ = false;
  }
  /// Returns when nobody is left waiting.
  void answer() {
    std::unique_lock lock(mutex_);
    answers_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return waiting_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool answers_ = true;
  int waiting_ = 0;
};

NameServer& name_server() {
  static auto* the_one = new NameServer;  // Never destroyed: a thread of libcurl may still be asking.
  return *the_one;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service,
                                                                  const addrinfo* hints, addrinfo** found) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto system_function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node && std::strcmp(node, host) == 0) {
    name_server().look_up();
    node = "127.0.0.1";
  }
  return system_function(node, service, hints, found);
}

namespace {

class SlowResolverTest : public testing::Test {
 protected:
  SlowResolverTest() {
    config.api_key = "sk_test";
    config.base_url = "http://" + std::string(host) + ":" + std::to_string(server.port());
    config.allow_plain_http = true;
    config.connect_timeout = config.timeout = config.deadline = config.stall_timeout = 3h;
    config.retry.max_retries = 0;
    name_server().silence();
  }
  ~SlowResolverTest() override { name_server().answer(); }

  void expect_the_next_call_to_work(const Client& client) {
    name_server().answer();
    EXPECT_EQ(client.call({"GET", "/x", {}, ""}).status, 200);
  }

  operate::test::RawServer server{[](operate::test::Connection& connection, int) {
                                    while (connection.read_request()) connection.answer(200, "{}");
                                  },
                                  operate::test::Wire::plain};
  operate::Config config;
};

TEST_F(SlowResolverTest, ACancelledCallDoesNotWaitForIt) {
  const Client client(config);
  operate::CancellationSource stop;
  operate::RequestOptions options;
  options.cancel = stop.token();
  auto call = std::async(std::launch::async, [&] {
    return thrown<operate::CancelledError>([&] { client.call({"POST", "/x", {}, "{}"}, options); });
  });
  name_server().wait_for_a_question();
  stop.cancel();
  const auto error = call.get();
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->may_have_been_applied());
  expect_the_next_call_to_work(client);
}

TEST_F(SlowResolverTest, NoCallOutlivesItsDeadlineForIt) {
  const Client client(config);
  operate::RequestOptions options;
  options.deadline = 20ms;
  const auto error = thrown<operate::TimeoutError>([&] { client.call({"POST", "/x", {}, "{}"}, options); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::deadline);
  EXPECT_FALSE(error->may_have_been_applied());
  expect_the_next_call_to_work(client);
}

TEST_F(SlowResolverTest, TheConnectTimeoutCountsIt) {
  config.connect_timeout = 20ms;
  const Client client(config);
  const auto error = thrown<operate::TimeoutError>([&] { client.call({"GET", "/x", {}, ""}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::connect);
  expect_the_next_call_to_work(client);
}

TEST_F(SlowResolverTest, AClientCanBeDestroyedWhileItIsStillAsked) {
  operate::RequestOptions options;
  options.deadline = 20ms;
  EXPECT_THROW(Client(config).call({"GET", "/x", {}, ""}, options), operate::TimeoutError);
}

}  // namespace
