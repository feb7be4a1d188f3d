#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/environment.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::TransportError;
using operate::TransportErrorKind;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;
using operate::test::Wire;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// A server at https://api.operate.test, which only the proxy can reach. The proxy speaks http, and https in
// the run over TLS.
class ProxyOnTheWireTest : public testing::Test {
 protected:
  // Keeps what the client says to the proxy, and then does as the test wants.
  void serve(std::function<void(Connection&, int)> proxy_does, Wire wire = Wire::of_the_run) {
    proxy.emplace(
        [this, proxy_does = std::move(proxy_does)](Connection& connection, int number) {
          if (auto request = connection.read_request()) {
            {
              const std::lock_guard lock(mutex);
              heard.push_back(*request);
            }
            proxy_does(connection, number);
          }
        },
        wire);
    config.proxy = proxy->base_url();
  }
  void tunnel(Connection& connection) {
    connection.send("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n");
    connection.tunnel_to(server.port());
  }
  ProxyOnTheWireTest() {
    config.api_key = "sk_test_secret";
    config.base_url = "https://api.operate.test";
    config.ca_file = operate::test::ca_file();
    config.retry = {1, 1ms, 1ms};
    person.emails = {"ada@example.com"};
    person.full_name = "Ada";
  }
  // The error of a create that cannot have reached the server.
  std::shared_ptr<const TransportError> expect_failure(TransportErrorKind kind, std::size_t attempts) {
    const auto error = thrown<TransportError>([&] { Client(config).people().create(person); });
    EXPECT_TRUE(error);
    if (!error) return nullptr;
    EXPECT_EQ(error->kind(), kind) << error->what();
    EXPECT_FALSE(error->may_have_been_applied());
    EXPECT_EQ(error->attempts().size(), attempts) << error->what();
    for (const char* secret : {"sk_test_secret", "hunter2", "@"})
      EXPECT_EQ((error->what() + error->report()).find(secret), std::string::npos) << error->report();
    EXPECT_EQ(received, 0);
    return error;
  }

  std::mutex mutex;
  std::vector<std::string> heard;
  std::string request_of_server;
  std::atomic<int> received{0};
  RawServer server{[this](Connection& connection, int) {
                     while (auto request = connection.read_request()) {
                       {
                         const std::lock_guard lock(mutex);
                         request_of_server = *request;
                       }
                       ++received;
                       connection.answer(200, R"({"id": "1"})");
                     }
                   },
                   Wire::tls};
  std::optional<RawServer> proxy;
  operate::Config config;
  operate::NewPerson person;
};

TEST_F(ProxyOnTheWireTest, OpensATunnelAndKeepsIt) {
  serve([this](Connection& connection, int) { tunnel(connection); });
  const Client client(config);
  EXPECT_EQ(client.people().create(person).id, "1");
  client.call({"GET", "/x", {}, ""});
  EXPECT_EQ(received, 2);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].substr(0, heard[0].find("\r\n")), "CONNECT api.operate.test:443 HTTP/1.1");
}

TEST_F(ProxyOnTheWireTest, TheProxySeesNoneOfTheCallAndTheServerNoneOfTheProxy) {
  serve([this](Connection& connection, int) { tunnel(connection); });
  config.proxy.insert(config.proxy.find("://") + 3, "user:hunter2@");
  operate::RequestOptions options;
  options.headers = {{"X-Mine", "private"}};
  Client(config).call({"POST", "/private", {}, R"({"private": 1})"}, options);
  ASSERT_EQ(heard.size(), 1u);
  for (const char* part : {"x-api-key", "sk_test_secret", "rivate", "X-Mine", "Accept-Encoding"})
    EXPECT_EQ(heard[0].find(part), std::string::npos) << heard[0];
  EXPECT_EQ(count(request_of_server, "x-api-key: sk_test_secret\r\n"), 1u);
  EXPECT_EQ(count(request_of_server, "x-api-key"), 1u);
  EXPECT_EQ(request_of_server.find("roxy"), std::string::npos) << request_of_server;
}

TEST_F(ProxyOnTheWireTest, AuthenticatesItselfWhereTheProxyHasAUser) {
  serve([this](Connection& connection, int) { tunnel(connection); });
  config.proxy.insert(config.proxy.find("://") + 3, "user:p%40ss%3Aword@");
  Client(config).call({"GET", "/x", {}, ""});
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_NE(heard[0].find("Proxy-Authorization: Basic dXNlcjpwQHNzOndvcmQ=\r\n"), std::string::npos)
      << heard[0];
}

TEST_F(ProxyOnTheWireTest, OneOfTheEnvironmentIsUsedAndCanBeForbidden) {
  serve([this](Connection& connection, int) { tunnel(connection); });
  const operate::test::ScopedVariable variable("https_proxy", config.proxy.c_str());
  const operate::test::ScopedVariable small("no_proxy", nullptr), list("NO_PROXY", nullptr);
  config.proxy = "";
  EXPECT_EQ(Client(config).people().create(person).id, "1");
  // Without it, the name leads nowhere.
  config.base_url = "https://" + std::string(64, 'a');
  config.trust_environment = false;
  EXPECT_EQ(thrown<TransportError>([&] { Client(config).people().create(person); })->kind(),
            TransportErrorKind::resolve);
  EXPECT_EQ(heard.size(), 1u);
}

TEST_F(ProxyOnTheWireTest, OneOfTheProgramsOwnIsUsedWhateverTheEnvironmentSays) {
  serve([this](Connection& connection, int) { tunnel(connection); });
  const operate::test::ScopedVariable small("no_proxy", "*"), list("NO_PROXY", "*");
  EXPECT_EQ(Client(config).people().create(person).id, "1");
  EXPECT_EQ(heard.size(), 1u);
}

TEST_F(ProxyOnTheWireTest, ARefusalIsTheProxysErrorAndIsNotRepeated) {
  for (const int status : {407, 403, 400, 404, 301, 302}) {
    serve([status](Connection& connection, int) {
      connection.answer(status, "<html>no</html>",
                        "Proxy-Authenticate: Basic realm=\"x\"\r\nLocation: /\r\n");
    });
    config.proxy.insert(config.proxy.find("://") + 3, "user:hunter2@");
    const auto error = expect_failure(TransportErrorKind::proxy, 1);
    ASSERT_TRUE(error);
    EXPECT_NE(std::string(error->what()).find(" of Config::proxy: status " + std::to_string(status)),
              std::string::npos)
        << error->what();
    EXPECT_FALSE(error->retryable());
  }
}

TEST_F(ProxyOnTheWireTest, TroubleThatMayPassIsRepeatedEvenForACreate) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    received = 0;
    serve([this, status](Connection& connection, int number) {
      if (number > 0) return tunnel(connection);
      connection.answer(status, "later");
    });
    EXPECT_EQ(Client(config).people().create(person).id, "1") << status;
    EXPECT_EQ(received, 1);
  }
}

TEST_F(ProxyOnTheWireTest, OneThatFailsIsTheProxysErrorToo) {
  for (const char* answer : {"", "HTTP/1.1 2", "nonsense\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"}) {
    serve([answer](Connection& connection, int) { connection.send(answer); });
    expect_failure(TransportErrorKind::proxy, 2);
  }
  serve([](Connection& connection, int) { connection.reset(); });
  expect_failure(TransportErrorKind::proxy, 2);
}

TEST_F(ProxyOnTheWireTest, OneThatCannotBeReachedIsTheProxysErrorToo) {
  for (const char* scheme : {"http", "https", "socks5h"}) {
    config.proxy =
        scheme + std::string("://user:hunter2@127.0.0.1:") + std::to_string(operate::test::closed_port());
    expect_failure(TransportErrorKind::proxy, 2);
    config.proxy = scheme + std::string("://user:hunter2@") + std::string(64, 'a') + ":1";
    expect_failure(TransportErrorKind::proxy, 2);
  }
}

TEST_F(ProxyOnTheWireTest, OneThatIsNotTrustedIsNotTried) {
  serve([](Connection&, int) {}, Wire::tls);
  config.ca_file = "";
  expect_failure(TransportErrorKind::proxy, 1);
  EXPECT_TRUE(heard.empty());
}

TEST_F(ProxyOnTheWireTest, OneThatDoesNotAnswerCostsTheConnectTimeout) {
  serve([](Connection& connection, int) { connection.wait_for_close(); });
  config.connect_timeout = 50ms;
  config.retry.max_retries = 0;
  const auto error = thrown<operate::TimeoutError>([&] { Client(config).people().create(person); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->limit(), operate::TimeLimit::connect);
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_NE(std::string(error->what()).find("(by the proxy " + config.proxy + " of Config::proxy)"),
            std::string::npos)
      << error->what();
}

TEST_F(ProxyOnTheWireTest, AServerThatHangsBehindTheTunnelIsNotTheProxysFault) {
  serve([](Connection& connection, int) {
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
    connection.wait_for_close();
  });
  config.connect_timeout = 50ms;
  config.retry.max_retries = 0;
  const auto error = thrown<operate::TimeoutError>([&] { Client(config).people().create(person); });
  ASSERT_TRUE(error);
  EXPECT_EQ(std::string(error->what()).find("by the proxy"), std::string::npos) << error->what();
}

// The proxy drops a kept tunnel behind a create, and refuses the new one that libcurl asks for by itself.
TEST_F(ProxyOnTheWireTest, ACreateThatIsLostWithItsTunnelWasSent) {
  RawServer loses(
      [this](Connection& connection, int) {
        connection.read_request();
        connection.answer(200, "{}");
        connection.read_request();
        ++received;
        connection.shut_down();
      },
      Wire::tls);
  serve([&](Connection& connection, int number) {
    if (number > 0) return connection.answer(502, "");
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
    connection.tunnel_to(loses.port());
  });
  {
    const Client client(config);
    client.call({"GET", "/x", {}, ""});
    const auto error = thrown<TransportError>([&] { client.people().create(person); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), TransportErrorKind::receive) << error->what();
    EXPECT_TRUE(error->may_have_been_applied());
    EXPECT_EQ(error->attempts().size(), 1u);
    EXPECT_EQ(received, 1);
  }
  proxy.reset();
}

TEST_F(ProxyOnTheWireTest, ACallThatWaitsForItCanBeCancelled) {
  operate::CancellationSource stop;
  serve([&](Connection& connection, int) {
    stop.cancel();
    connection.wait_for_close();
  });
  config.connect_timeout = config.timeout = config.deadline = 3h;
  operate::RequestOptions options;
  options.cancel = stop.token();
  const auto error =
      thrown<operate::CancelledError>([&] { Client(config).people().create(person, options); });
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->may_have_been_applied());
}

TEST_F(ProxyOnTheWireTest, BehindTheTunnelTheServersErrorsAreItsOwn) {
  RawServer closing([](Connection& connection, int) { connection.read_request(); }, Wire::tls);
  serve([&](Connection& connection, int) {
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    connection.tunnel_to(closing.port());
  });
  auto error = thrown<TransportError>([&] { Client(config).people().create(person); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), TransportErrorKind::receive);
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_EQ(closing.connections(), 1);

  serve([&](Connection& connection, int) {
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    connection.read_byte();
    connection.send("no handshake");
  });
  expect_failure(TransportErrorKind::tls, 2);

  config.base_url = "https://another.operate.test";
  serve([&](Connection& connection, int) { tunnel(connection); });
  expect_failure(TransportErrorKind::tls, 1);
}

TEST_F(ProxyOnTheWireTest, WithoutATunnelTheProxyHandsOnTheRequest) {
  config.base_url = "http://crm.internal:8080";
  config.allow_plain_http = true;
  serve([](Connection& connection, int number) {
    if (number == 0)
      connection.answer(200, R"({"id": "2"})");
    else
      connection.answer(407, "who?", "Proxy-Authenticate: Basic realm=\"x\"\r\n");
  });
  EXPECT_EQ(Client(config).people().create(person).id, "2");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].substr(0, heard[0].find("\r\n")),
            "POST http://crm.internal:8080/v/alpha/people/create HTTP/1.1");
  const auto error = expect_failure(TransportErrorKind::proxy, 1);
  ASSERT_TRUE(error);
  EXPECT_NE(std::string(error->what()).find("407"), std::string::npos);
  config.proxy = "http://127.0.0.1:" + std::to_string(operate::test::closed_port());
  expect_failure(TransportErrorKind::proxy, 2);
}

TEST_F(ProxyOnTheWireTest, ItIsNotAskedForThisMachine) {
  serve([](Connection&, int) {});
  server.direct(config);
  EXPECT_EQ(Client(config).people().create(person).id, "1");
  EXPECT_EQ(proxy->connections(), 0);
}

// What a SOCKS proxy hears up to the tunnel, and says.
void open_socks_tunnel(Connection& connection) {
  const auto skip = [&](int bytes) {
    while (bytes-- > 0) connection.read_byte();
  };
  skip(1);                       // The version,
  skip(connection.read_byte());  // and ways to authenticate, among them none at all.
  connection.send(std::string("\5\0", 2));
  skip(4);                       // To connect, to a name,
  skip(connection.read_byte());  // api.operate.test,
  skip(2);                       // and a port.
  connection.send(std::string("\5\0\0\1\0\0\0\0\0\0", 10));
}

class SocksOnTheWireTest : public ProxyOnTheWireTest {
 protected:
  SocksOnTheWireTest() {
    proxy.emplace(
        [this](Connection& connection, int) {
          open_socks_tunnel(connection);
          connection.tunnel_to(server.port());
        },
        Wire::plain);
    config.proxy = "socks5h://127.0.0.1:" + std::to_string(proxy->port());
  }
};

TEST_F(SocksOnTheWireTest, Works) { EXPECT_EQ(Client(config).people().create(person).id, "1"); }

TEST_F(SocksOnTheWireTest, AServerThatIsNotTrustedIsNotTheProxysError) {
  config.ca_file = "";
  expect_failure(TransportErrorKind::tls, 1);
}

// SOCKS knows no status: this one is the server's, even without TLS.
TEST_F(ProxyOnTheWireTest, A407BehindASocksProxyIsTheServers) {
  RawServer socks(
      [](Connection& connection, int) {
        open_socks_tunnel(connection);
        if (connection.read_request()) connection.answer(407, "{}");
      },
      Wire::plain);
  config.proxy = "socks5h://127.0.0.1:" + std::to_string(socks.port());
  config.base_url = "http://api.operate.test";
  config.allow_plain_http = true;
  const auto error = thrown<operate::ApiError>([&] { Client(config).companies().list(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->status(), 407);
}

TEST_F(ProxyOnTheWireTest, ASocksProxyThatRefusesIsTheProxysError) {
  RawServer socks([](Connection& connection, int) { connection.send(std::string("\5\xff", 2)); },
                  Wire::plain);
  config.proxy = "socks5h://127.0.0.1:" + std::to_string(socks.port());
  expect_failure(TransportErrorKind::proxy, 2);
}

}  // namespace
