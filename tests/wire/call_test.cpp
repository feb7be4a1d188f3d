#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/environment.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <string>
#include <vector>

namespace {

using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;

// Keeps every request and answers each with the same.
class Recorder {
 public:
  explicit Recorder(int status = 200, std::string body = "{}", std::string headers = {})
      : server_([=, this](Connection& connection, int) {
          while (auto request = connection.read_request()) {
            {
              const std::lock_guard lock(mutex_);
              requests_.push_back(std::move(*request));
            }
            connection.answer(status, body, headers);
          }
        }) {}

  operate::Config config() const {
    auto config = server_.config();
    config.user_agent_suffix = "my-service/2";
    return config;
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> requests_;
  RawServer server_;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// Every request behind every other, over one client, is what a client of its own would send.
TEST(CallTest, TheRequestBeforeLeavesNothingBehind) {
  const std::vector<operate::Request> kinds = {
      {"GET", "/x", {}, ""},     {"GET", "/x", {{"q", "1"}}, ""},     {"GET", "/y%2Fz", {}, ""},
      {"GET", "/x", {}, "body"}, {"HEAD", "/x", {{"q", "1"}}, ""},    {"POST", "/x", {}, "{}"},
      {"POST", "/x", {}, ""},    {"PUT", "/longer", {}, "{\"a\":1}"}, {"PATCH", "/x", {{"q", "a b"}}, "{}"},
      {"DELETE", "/x", {}, ""},  {"DELETE", "/x", {}, "{}"},          {"OPTIONS", "/", {}, ""},
  };
  Recorder server;
  for (const auto& kind : kinds) Client(server.config()).call(kind);
  const auto alone = server.requests();
  ASSERT_EQ(alone.size(), kinds.size());

  auto config = server.config();
  config.max_connections = 1;
  for (const bool async : {false, true}) {
    const Client client(config);
    for (std::size_t first = 0; first < kinds.size(); ++first) {
      for (std::size_t second = 0; second < kinds.size(); ++second) {
        for (const std::size_t i : {first, second}) {
          if (async)
            client.call_async(kinds[i]).get();
          else
            client.call(kinds[i]);
        }
        const auto requests = server.requests();
        EXPECT_EQ(requests[requests.size() - 2], alone[first]);
        EXPECT_EQ(requests.back(), alone[second]) << "behind " << alone[first];
      }
    }
  }
}

// libcurl counts the requests that it repeats by itself over all transfers of a handle, and stops at five.
TEST(CallTest, AConnectionThatDiesInTheRaceIsReplacedHoweverOftenThatWasBefore) {
  // The first request of a connection is answered, the second one read and lost.
  RawServer server([](Connection& connection, int) {
    if (connection.read_request()) connection.answer(200, "{}");
    connection.read_request();
  });
  auto config = server.config();
  config.retry.max_retries = 0;
  const Client client(config);
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(client.call({"GET", "/x"}).status, 200) << i;
    EXPECT_EQ(client.call_async({"GET", "/x"}).get().status, 200) << i;
  }
}

TEST(CallTest, SendsWhatWasAskedForAndTheKeyOnce) {
  Recorder server;
  const Client client(server.config());
  operate::RequestOptions options;
  options.headers = {{"x-trace", "7"}, {"x-empty", ""}, {"x-blank", "  "}};
  options.query = {{"q", "a b&c"}};
  client.call({"GET", "/deals/list", {{"limit", "5"}}, ""}, options);
  client.call({"POST", "/deals/create", {}, R"({"amount":"100"})"});
  client.call({"PUT", "/x", {}, ""});
  client.call({"DELETE", "/x", {}, ""});
  client.call({"PATCH", "/x", {}, "{}"});
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 5u);
  EXPECT_EQ(requests[0].rfind("GET /deals/list?limit=5&q=a%20b%26c HTTP/1.1\r\n", 0), 0u) << requests[0];
  EXPECT_NE(requests[0].find("\r\nx-trace: 7\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("\r\nx-empty:\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("\r\nx-blank:\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("\r\nUser-Agent: operate-cpp/0.1.0 libcurl/"), std::string::npos);
  EXPECT_NE(requests[0].find(" my-service/2\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("gzip"), std::string::npos);
  EXPECT_EQ(requests[0].find("Content-Type"), std::string::npos);
  EXPECT_EQ(requests[1].rfind("POST /deals/create HTTP/1.1\r\n", 0), 0u);
  EXPECT_NE(requests[1].find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(requests[1].find("\r\n\r\n{\"amount\":\"100\"}"), std::string::npos);
  EXPECT_NE(requests[2].find("\r\nContent-Length: 0\r\n"), std::string::npos);
  EXPECT_EQ(requests[2].find("Content-Type"), std::string::npos);
  EXPECT_EQ(requests[3].rfind("DELETE /x HTTP/1.1\r\n", 0), 0u);
  EXPECT_EQ(requests[4].rfind("PATCH /x HTTP/1.1\r\n", 0), 0u);
  for (const std::string& request : requests) {
    EXPECT_EQ(count(request, "x-api-key: sk_test\r\n"), 1u) << request;
    EXPECT_EQ(count(request, "sk_test"), 1u);
    EXPECT_EQ(request.find("Expect:"), std::string::npos);
    EXPECT_EQ(request.find("Cookie:"), std::string::npos);
  }
}

TEST(CallTest, ReturnsStatusHeadersAndBodyAsTheyCame) {
  Recorder server(201, "not json", "X-Twice: 1\r\nx-twice:  2 \r\nSet-Cookie: a=b\r\n");
  const Client client(server.config());
  for (int i = 0; i < 2; ++i) {
    const auto response = client.call({"GET", "/x", {}, ""});
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.body, "not json");
    ASSERT_GE(response.headers.size(), 4u);
    EXPECT_EQ(response.headers[2].name, "X-Twice");
    EXPECT_EQ(response.headers[3].value, "2");
  }
  // Cookies are not sent back.
  EXPECT_EQ(server.requests()[1].find("Cookie"), std::string::npos);
}

TEST(CallTest, ANetrcFileIsNotRead) {
  const std::string home = testing::TempDir() + "operate-netrc-" + std::to_string(getpid());
  std::filesystem::create_directory(home);
  std::ofstream(home + "/.netrc")
      << "machine 127.0.0.1 login mallory password hunter2\ndefault login m password h\n";
  const operate::test::ScopedVariable variable("HOME", home.c_str());
  Recorder server;
  Client(server.config()).call({"GET", "/x", {}, ""});
  EXPECT_EQ(server.requests()[0].find("Authorization"), std::string::npos);
  std::filesystem::remove_all(home);
}

TEST(CallTest, HeadHasNoBody) {
  Recorder server(200, "");
  EXPECT_EQ(Client(server.config()).call({"HEAD", "/x", {}, ""}).body, "");
  EXPECT_EQ(server.requests()[0].rfind("HEAD /x ", 0), 0u);
}

TEST(CallTest, ABaseUrlsPathGoesInFront) {
  Recorder server;
  auto config = server.config();
  config.base_url += "/crm/v2/";
  Client(config).call({"GET", "/x", {}, ""});
  EXPECT_EQ(server.requests()[0].rfind("GET /crm/v2/x HTTP/1.1\r\n", 0), 0u);
}

TEST(CallTest, RefusesBadInputAndSendsNothing) {
  Recorder server;
  const Client client(server.config());
  EXPECT_EQ(thrown<operate::ValidationError>([&] {
              client.call({"GET", "//evil.example/", {}, ""});
            })->field(),
            "path");
  EXPECT_EQ(thrown<operate::ValidationError>([&] { client.call({"get", "/x", {}, ""}); })->field(), "method");
  operate::RequestOptions options;
  options.headers = {{"x-a", "b\r\nx-api-key: other"}};
  EXPECT_EQ(thrown<operate::ValidationError>([&] {
              client.call({"GET", "/x", {}, ""}, options);
            })->field(),
            "headers[0].value");
  EXPECT_TRUE(server.requests().empty());
}

TEST(CallTest, NoInputAddsALineOrAnotherKey) {
  Recorder server;
  const std::string line = "\r\nx-api-key: other\r\nx-b: ";
  const Client client(server.config());
  const auto refused = [&](const operate::Request& request, const operate::RequestOptions& options) {
    EXPECT_TRUE(thrown<operate::ValidationError>([&] { client.call(request, options); }));
  };
  refused({"GET" + line, "/x", {}, ""}, {});
  refused({"GET", "/x HTTP/1.1" + line, {}, ""}, {});
  for (const char* name :
       {"x-api-key", "X-API-Key", "x-api-key ", " x-api-key", "x-a: b\r\nx-api-key", "x-a:", ""}) {
    operate::RequestOptions options;
    options.headers = {{name, "other"}};
    refused({"GET", "/x", {}, ""}, options);
  }
  for (const char* value : {"b\r\nx-api-key: other", "b\nx-api-key: other", "b\rx-api-key: other"}) {
    operate::RequestOptions options;
    options.headers = {{"x-a", value}};
    refused({"GET", "/x", {}, ""}, options);
  }
  auto config = server.config();
  config.user_agent_suffix = line;
  EXPECT_TRUE(thrown<operate::ConfigError>([&] { Client another(config); }));
  config = server.config();
  config.api_key = "sk_test" + line;
  EXPECT_TRUE(thrown<operate::ConfigError>([&] { Client another(config); }));
  EXPECT_TRUE(server.requests().empty());

  // What may hold anything is encoded, or stands behind the headers.
  operate::RequestOptions options;
  options.query = {{line, line}};
  client.call({"POST", "/x", {{"q" + line, line}}, line + "\r\n"}, options);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1u);
  const std::string head = requests[0].substr(0, requests[0].find("\r\n\r\n"));
  EXPECT_EQ(count(head, "\r\nx-api-key"), 1u) << head;
  EXPECT_EQ(count(head, "x-api-key: other"), 0u) << head;
}

TEST(CallTest, RedirectsAreNotFollowed) {
  Recorder elsewhere;
  for (const std::string& location :
       {elsewhere.config().base_url + "/x", std::string("/elsewhere"), std::string("file:///etc/passwd")}) {
    Recorder server(302, "", "Location: " + location + "\r\n");
    const auto error = thrown<operate::TransportError>([&] {
      Client(server.config()).call({"GET", "/x", {}, ""});
    });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), operate::TransportErrorKind::redirect);
    EXPECT_EQ(server.requests().size(), 1u);
  }
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(CallTest, TheThreeKeysThatAreRefused) {
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  const auto list = [&] { Client(config).companies().list(); };
  config.api_key = emulator.expired_api_key();
  const auto expired = thrown<operate::InvalidApiKeyError>(list);
  EXPECT_EQ(expired->status(), 401);
  EXPECT_EQ(expired->type(), "authentication_error");
  EXPECT_NE(std::string(expired->what()).find("Config::api_key"), std::string::npos) << expired->what();
  config.api_key = emulator.forbidden_api_key();
  EXPECT_TRUE(thrown<operate::PermissionDeniedError>(list));
  config.api_key = "sk_unknown";
  EXPECT_TRUE(thrown<operate::InvalidApiKeyError>(list));
}

TEST(CallTest, AMissingKeyThatAProxyTookAway) {
  Recorder server(400,
                  R"({"success":false,"error":{"type":"authentication_error","message":"Missing API Key"}})");
  const auto error = thrown<operate::MissingApiKeyError>([&] { Client(server.config()).companies().list(); });
  EXPECT_EQ(error->message(), "Missing API Key");
}

TEST(CallTest, AnEndpointThatTheSdkDoesNotKnow) {
  operate::testing::Emulator emulator(operate::test::emulator_options());
  emulator.add_route("GET", "/deals/list", [](const operate::testing::ReceivedRequest& request) {
    return operate::testing::EmulatorResponse{
        200, {}, R"({"success":true,"data":")" + request.path + "\"}", {}};
  });
  const Client client(emulator.config());
  EXPECT_EQ(client.call({"GET", "/deals/list", {}, ""}).body, R"({"success":true,"data":"/deals/list"})");
  EXPECT_TRUE(thrown<operate::NotFoundError>([&] { client.call({"GET", "/nothing", {}, ""}); }));
}

TEST(CallTest, AMovedFromClientStillWorks) {
  Recorder server;
  Client client(server.config());
  const Client other = std::move(client);
  client.call({"GET", "/x", {}, ""});
  other.call({"GET", "/x", {}, ""});
  EXPECT_EQ(server.requests().size(), 2u);
}

// A server, or what stands in front of it, may write to a connection that nobody uses: the rest of an answer,
// one too many, or a farewell.
TEST(CallTest, WhatComesOnAKeptConnectionUnaskedIsNoAnswer) {
  for (const char* unasked :
       {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\"x\"",
        "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "rest", ""}) {
    std::promise<void> first_is_over, unasked_is_sent;
    RawServer server([&](Connection& connection, int number) {
      if (number == 0) {
        connection.read_request();
        connection.answer(200, "1");
        first_is_over.get_future().wait();
        connection.send(unasked);
        if (*unasked == '\0') connection.shut_down();
        unasked_is_sent.set_value();
        connection.wait_for_close();
      }
      while (connection.read_request()) connection.answer(200, "2");
    });
    const Client client(server.config());
    operate::RequestOptions once;
    once.max_retries = 0;
    EXPECT_EQ(client.call({"GET", "/x", {}, ""}, once).body, "1");
    first_is_over.set_value();
    unasked_is_sent.get_future().wait();
    EXPECT_EQ(client.call({"POST", "/x", {}, "{}"}, once).body, "2") << unasked;
    EXPECT_EQ(client.call({"POST", "/x", {}, "{}"}, once).body, "2") << unasked;
    EXPECT_EQ(server.connections(), 2) << unasked;
  }
}

}  // namespace
