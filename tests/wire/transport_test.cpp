#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/environment.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::TransportErrorKind;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;
using operate::test::Wire;

operate::Config config_of(const RawServer& server) {
  auto config = server.config();
  config.retry.max_retries = 0;
  return config;
}

template <class E = operate::TransportError>
std::shared_ptr<const E> failure(const operate::Config& config) {
  return thrown<E>([&] { Client(config).call({"GET", "/x", {}, ""}); });
}

TEST(TransportTest, UnpacksWhatTheServerPacked) {
  // What `gzip -9` makes of 100,000 letters between quotation marks.
  const std::string packed_body = std::string(
                                      "\037\213\010\000\000\000\000\000\002\003\355\301\261\000\000\000\000"
                                      "\002\060\227\314\362\227\110\243\143\133\012",
                                      28) +
                                  std::string(96, '\000') +
                                  std::string("\334\312\000\122\153\131\100\242\206\001\000", 11);
  operate::testing::Emulator emulator(operate::test::emulator_options());
  emulator.add_route("GET", "/x", [&](const operate::testing::ReceivedRequest& request) {
    EXPECT_NE(request.header("Accept-Encoding").find("gzip"), std::string::npos);
    return operate::testing::EmulatorResponse{200, {{"Content-Encoding", "gzip"}}, packed_body, {}};
  });
  const auto response = Client(emulator.config()).call({"GET", "/x", {}, ""});
  EXPECT_EQ(response.body, "\"" + std::string(100'000, 'a') + "\"");

  auto config = emulator.config();
  config.max_response_bytes = 100'001;  // The packed body is far smaller.
  EXPECT_EQ(failure(config)->kind(), TransportErrorKind::too_large);
  config.max_response_bytes = 100'002;
  EXPECT_NO_THROW(Client(config).call({"GET", "/x", {}, ""}));
}

TEST(TransportTest, CapsTheHeaders) {
  for (const std::string& headers : {"x-a: " + std::string(300'000, 'a') + "\r\n", [] {
                                       std::string many;
                                       for (int i = 0; i < 10'000; ++i)
                                         many += "x-" + std::to_string(i) +
                                                 ": aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
                                       return many;
                                     }()}) {
    RawServer server([&](Connection& connection, int) {
      while (connection.read_request()) connection.answer(200, "{}", headers);
    });
    EXPECT_EQ(failure(config_of(server))->kind(), TransportErrorKind::too_large);
  }
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) {
      std::string many;
      for (int i = 0; i < 100; ++i)
        many += "x-" + std::to_string(i) + ": " + std::string(1'000, 'a') + "\r\n";
      connection.answer(200, "{}", many);
    }
  });
  EXPECT_EQ(Client(config_of(server)).call({"GET", "/x", {}, ""}).headers.size(), 102u);
}

TEST(TransportTest, ReadsHeadersOfTheFinalAnswerAlone) {
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request())
      connection.send(
          "HTTP/1.1 103 Early Hints\r\nx-early: 1\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
          "x-folded: a\r\n b\r\n\r\n2\r\n{}\r\n0\r\nx-trailer: 1\r\n\r\n");
  });
  const auto response = Client(config_of(server)).call({"GET", "/x", {}, ""});
  EXPECT_EQ(response.body, "{}");
  ASSERT_EQ(response.headers.size(), 2u);
  EXPECT_EQ(response.headers[1].value, "a b");
}

TEST(TransportTest, TellsLostConnectionsApart) {
  operate::Config config;
  config.api_key = "sk_test";
  config.retry.max_retries = 0;
  config.base_url = "http://127.0.0.1:" + std::to_string(operate::test::closed_port());
  EXPECT_EQ(failure(config)->kind(), TransportErrorKind::connect);

  RawServer cut([](Connection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a");
  });
  EXPECT_EQ(failure(config_of(cut))->kind(), TransportErrorKind::receive);

  RawServer not_http([](Connection& connection, int) {
    connection.read_request();
    connection.send("SSH-2.0-OpenSSH_9.2\r\n");
  });
  EXPECT_EQ(failure(config_of(not_http))->kind(), TransportErrorKind::receive);
}

TEST(TransportTest, ANameWithoutAnAddress) {
  operate::Config config;
  config.api_key = "sk_test";
  config.retry.max_retries = 0;
  config.base_url =
      "https://" + std::string(64, 'a');  // No label of a name is that long, so nobody is asked.
  const operate::test::ScopedVariable no_proxy("NO_PROXY", "*");
  EXPECT_EQ(failure(config)->kind(), TransportErrorKind::resolve);
}

TEST(TransportTest, EachLimitOfTimeIsNamed) {
  RawServer silent([](Connection& connection, int) {
    connection.read_request();
    connection.wait_for_close();
  });
  auto config = config_of(silent);
  config.timeout = 30ms;
  auto error = failure<operate::TimeoutError>(config);
  EXPECT_EQ(error->limit(), operate::TimeLimit::attempt);
  EXPECT_GE(error->elapsed(), 30ms);
  EXPECT_EQ(error->kind(), TransportErrorKind::timeout);

  RawServer halting([](Connection& connection, int) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a");
    connection.wait_for_close();
  });
  config = config_of(halting);
  config.stall_timeout = 30ms;
  EXPECT_EQ(failure<operate::TimeoutError>(config)->limit(), operate::TimeLimit::stall);

  // A server that has not begun to answer may think until the attempt's own limit.
  config = config_of(silent);
  config.stall_timeout = 5ms;
  config.timeout = 60ms;
  EXPECT_EQ(failure<operate::TimeoutError>(config)->limit(), operate::TimeLimit::attempt);

  config = config_of(silent);
  config.deadline = 30ms;
  config.retry.max_retries = 5;
  error = failure<operate::TimeoutError>(config);
  EXPECT_EQ(error->limit(), operate::TimeLimit::deadline);
  EXPECT_EQ(error->attempts().size(), 1u);

  // The TLS handshake, which this server never answers, is part of connecting.
  RawServer mute([](Connection& connection, int) { connection.wait_for_close(); }, Wire::plain);
  config = config_of(mute);
  config.base_url = "https://127.0.0.1:" + std::to_string(mute.port());
  config.connect_timeout = 30ms;
  EXPECT_EQ(failure<operate::TimeoutError>(config)->limit(), operate::TimeLimit::connect);
}

TEST(TransportTest, ACreateThatTimesOutMayHaveBeenApplied) {
  RawServer silent([](Connection& connection, int) {
    connection.read_request();
    connection.wait_for_close();
  });
  auto config = config_of(silent);
  config.timeout = 30ms;
  const auto error = thrown<operate::TimeoutError>([&] { Client(config).call({"POST", "/x", {}, "{}"}); });
  EXPECT_TRUE(error->may_have_been_applied());
}

TEST(TransportTest, AProxyOfTheEnvironmentIsNotUsedForThisMachine) {
  const operate::test::ScopedVariable proxy(
      "http_proxy", ("http://127.0.0.1:" + std::to_string(operate::test::closed_port())).c_str());
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  EXPECT_NO_THROW(Client(emulator.config()).companies().list());
}

TEST(TransportTest, AfterAnErrorTheNextCallWorks) {
  RawServer server([](Connection& connection, int number) {
    while (connection.read_request()) {
      if (number == 0) return;
      connection.answer(200, "{}");
    }
  });
  const Client client(config_of(server));
  EXPECT_THROW(client.call({"GET", "/x", {}, ""}), operate::TransportError);
  EXPECT_EQ(client.call({"GET", "/x", {}, ""}).status, 200);
}

volatile std::sig_atomic_t sigpipes = 0;

TEST(TransportTest, LeavesTheProgramsSigpipeHandlerAlone) {
  struct sigaction before = {}, during = {};
  struct sigaction mine = {};
  mine.sa_handler = [](int) { sigpipes = 1; };
  sigaction(SIGPIPE, &mine, &before);
  // A body larger than the socket's buffers, to a server that closes at once.
  RawServer server([](Connection& connection, int) { connection.reset(); });
  const Client client(config_of(server));
  for (int i = 0; i < 5; ++i)
    EXPECT_THROW(client.call({"POST", "/x", {}, std::string(8'000'000, 'x')}), operate::TransportError);
  sigset_t blocked, pending;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  sigpending(&pending);
  sigaction(SIGPIPE, &before, &during);
  EXPECT_EQ(sigpipes, 0);
  EXPECT_EQ(during.sa_handler, mine.sa_handler);
  EXPECT_EQ(sigismember(&blocked, SIGPIPE), 0);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

}  // namespace
