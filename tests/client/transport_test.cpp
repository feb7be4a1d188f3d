#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/emulator_options.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::Header;
using operate::TransportErrorKind;
using operate::TransportFailure;
using operate::TransportLimits;
using operate::TransportRequest;
using operate::TransportResponse;
using operate::TransportResult;
using operate::test::thrown;

class Answering : public operate::Transport {
 public:
  using Answer = std::function<TransportResult(const TransportRequest&, const TransportLimits&)>;
  explicit Answering(Answer answer) : answer_(std::move(answer)) {}
  TransportResult send(const TransportRequest& request, const TransportLimits& limits) override {
    ++sent;
    return answer_(request, limits);
  }
  int sent = 0;

 private:
  Answer answer_;
};

struct OwnTransportTest : testing::Test {
  Client client_of(Answering::Answer answer) {
    transport = std::make_shared<Answering>(std::move(answer));
    config.api_key = "sk_test_0123456789";
    config.clock = clock;
    config.transport = transport;
    return Client(config);
  }
  std::shared_ptr<operate::testing::ManualClock> clock = std::make_shared<operate::testing::ManualClock>();
  std::shared_ptr<Answering> transport;
  operate::Config config;
};

const std::string one_company = R"({"success":true,"data":{"companies":[{"id":"7","name":"Acme"}],)"
                                R"("pagination":{"total":1,"limit":50,"offset":0}}})";

TEST_F(OwnTransportTest, StandsInForLibcurl) {
  config.base_url = "https://api.example.com/v1";
  config.timeout = 7s;
  config.deadline = 9s;
  const Client client = client_of([](const TransportRequest& request, const TransportLimits& limits) {
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.url, "https://api.example.com/v1/companies/list?limit=50&offset=0");
    EXPECT_EQ(request.api_key, "sk_test_0123456789");
    EXPECT_TRUE(request.safe_to_repeat);
    EXPECT_EQ(request.body, "");
    EXPECT_EQ(request.redact("key sk_test_0123456789."), "key [api key].");
    for (const Header& header : request.headers) EXPECT_NE(header.name, "x-api-key");
    EXPECT_EQ(limits.timeout, 7s);
    EXPECT_EQ(limits.deadline, 9s);
    return TransportResponse{200, {{"X-Request-Id", "req_1"}}, one_company};
  });
  const auto page = client.companies().list();
  EXPECT_EQ(page[0].name, "Acme");
  EXPECT_EQ(page.transfer().request_id, "req_1");
}

TEST_F(OwnTransportTest, SendsTheBodyOfACreateOnceUnlessNothingArrived) {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada Lovelace";
  bool arrived = false;
  const Client client = client_of([&](const TransportRequest& request, const TransportLimits&) {
    EXPECT_EQ(request.body, R"({"email":"ada@example.com","full_name":"Ada Lovelace"})");
    EXPECT_FALSE(request.safe_to_repeat);
    TransportFailure failure{TransportErrorKind::receive};
    failure.request_may_have_arrived = arrived;
    failure.message = "the test's words";
    return failure;
  });
  auto error = thrown<operate::TransportError>([&] { client.people().create(person); });
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_EQ(error->attempts().size(), 3u);
  EXPECT_NE(std::string(error->what()).find("the test's words"), std::string::npos);
  arrived = true;
  error = thrown<operate::TransportError>([&] { client.people().create(person); });
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_EQ(error->attempts().size(), 1u);
}

TEST_F(OwnTransportTest, ItsFailuresAreRetriedAndItsWaitsObeyed) {
  int count = 0;
  const Client client = client_of([&](const TransportRequest&, const TransportLimits&) -> TransportResult {
    switch (count++) {
      case 0:
        return TransportFailure{TransportErrorKind::connect};
      case 1:
        return TransportResponse{429, {{"Retry-After", "60"}}, ""};
      default:
        return TransportResponse{200, {}, one_company};
    }
  });
  EXPECT_EQ(client.companies().list().size(), 1u);
  EXPECT_EQ(transport->sent, 3);
  EXPECT_GE(clock->sleeps().at(1), 60s);
}

TEST_F(OwnTransportTest, DatesInAnAnswerAreUnderstoodByTheTimeAtWhichItCame) {
  using std::chrono::system_clock;
  config.retry.max_retries = 0;
  const std::vector<Header> at_noon = {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}};
  const auto noted = system_clock::from_time_t(784'111'777 - 30);
  const Client client = client_of([&](const TransportRequest& request, const TransportLimits&) {
    TransportResponse answer{503, at_noon, ""};
    if (request.url.find("/then") != std::string::npos) answer.received = noted;
    return answer;
  });
  const auto then = thrown<operate::ServerError>([&] { client.call({"GET", "/then", {}, ""}); });
  EXPECT_EQ(then->retry_after(), 30s);
  const auto now = thrown<operate::ServerError>([&] { client.call({"GET", "/now", {}, ""}); });
  EXPECT_EQ(now->retry_after(), 0s);
}

TEST_F(OwnTransportTest, ItsOwnExceptionsArePassedOn) {
  const Client client = client_of([](const TransportRequest&, const TransportLimits&) -> TransportResult {
    throw std::logic_error("mine");
  });
  EXPECT_THROW(client.companies().list(), std::logic_error);
  EXPECT_EQ(transport->sent, 1);
}

TEST_F(OwnTransportTest, TheKeyThatItReturnsIsTakenOut) {
  config.retry.max_retries = 0;
  const std::string key = "sk_test_0123456789";
  const Client client =
      client_of([&](const TransportRequest& request, const TransportLimits&) -> TransportResult {
        TransportFailure failure{TransportErrorKind::connect};
        failure.message = "no way for " + key;
        failure.transfer.request_id = failure.transfer.http_version = key;
        if (request.url.find("/lost") != std::string::npos) return failure;
        TransportResponse answer{500, {{"x", key}}, key};
        answer.transfer.request_id = key;
        return answer;
      });
  for (const char* path : {"/lost", "/answered"}) {
    const auto result = operate::attempt([&] { return client.call({"GET", path, {}, ""}); });
    const operate::Error& error = result.error();
    const std::string printed = error.what() + error.report() + error.attempts().at(0).transfer.request_id +
                                error.attempts().at(0).transfer.http_version;
    EXPECT_EQ(printed.find("0123456789"), std::string::npos) << printed;
  }
}

TEST_F(OwnTransportTest, FactsThatCannotBeAreTakenOut) {
  const Client client = client_of([&](const TransportRequest&, const TransportLimits&) {
    TransportResponse answer{200, {}, "{}"};
    answer.transfer.bytes_received = -5;
    answer.transfer.total = std::chrono::microseconds::max();
    answer.transfer.connect = -1us;
    answer.transfer.http_version = "2";
    return answer;
  });
  const auto transfer = client.call({"GET", "/x", {}, ""}).transfer;
  EXPECT_EQ(transfer.bytes_received, 0);
  EXPECT_EQ(transfer.total, 24h * 24);
  EXPECT_EQ(transfer.connect, 0us);
  EXPECT_EQ(transfer.http_version, "2");
}

TEST_F(OwnTransportTest, AReportNamesLibcurlOnlyWhereItSends) {
  config.retry.max_retries = 0;
  Client client = client_of([](const TransportRequest&, const TransportLimits&) {
    return TransportResponse{404, {}, ""};
  });
  const auto report = [&] {
    return thrown<operate::NotFoundError>([&] { client.call({"GET", "/x", {}, ""}); })->report();
  };
  EXPECT_NE(report().find(R"("transport":"")"), std::string::npos);
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  client = Client(emulator.config());
  EXPECT_NE(report().find(R"("transport":"libcurl/)"), std::string::npos);
}

// One that wraps the SDK's own.
TEST(LibcurlTransportTest, CanBeWrapped) {
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  operate::Config config = emulator.config();
  const auto inner = operate::libcurl_transport(config);
  const auto outer =
      std::make_shared<Answering>([&](const TransportRequest& request, const TransportLimits& limits) {
        return inner->send(request, limits);
      });
  config.transport = outer;
  const Client client(config);
  EXPECT_EQ(client.companies().list_all().to_vector().size(), 73u);
  EXPECT_EQ(outer->sent, 2);
  EXPECT_TRUE(client.companies().list().transfer().connection_reused);
}

TEST(LibcurlTransportTest, KeepsTheLimitsThatItIsGiven) {
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  operate::Config config = emulator.config();
  config.max_connections = 1;
  const auto transport = operate::libcurl_transport(config);
  TransportRequest request{"GET", config.base_url + "/companies/list", {}, {}, "a-key", true};
  TransportLimits limits{60s, 60s, {}};
  EXPECT_EQ(std::get<TransportResponse>(transport->send(request, limits)).status, 401);
  limits.deadline = 0s;
  const auto late = std::get<TransportFailure>(transport->send(request, limits));
  EXPECT_EQ(late.kind, TransportErrorKind::timeout);
  EXPECT_FALSE(late.request_may_have_arrived);
  const operate::CancellationSource source;
  source.cancel();
  limits = {1s, 1s, source.token()};
  EXPECT_EQ(std::get<TransportFailure>(transport->send(request, limits)).kind, TransportErrorKind::cancelled);
}

// Each request has its own headers, of which there may be none, whatever the one before it had.
TEST(LibcurlTransportTest, ARequestMayHaveNeitherHeadersNorAKey) {
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  const operate::Config config = emulator.config();
  const auto transport = operate::libcurl_transport(config);
  const TransportRequest bare{"GET", config.base_url + "/companies/list", {}, {}, {}, true};
  const TransportRequest full{"GET", config.base_url + "/companies/list", {{"X-One", "1"}}, {}, "a-key",
                              true};
  int status = 400;
  for (const auto* request : {&bare, &full, &bare}) {
    EXPECT_EQ(std::get<TransportResponse>(transport->send(*request, {})).status, status);
    status = status == 400 ? 401 : 400;
  }
  const auto requests = emulator.requests();
  for (const auto& header : requests.back().headers) EXPECT_NE(header.name, "X-One");
}

TEST(LibcurlTransportTest, TheKeyGoesToOneHostWhateverAWrapperDoes) {
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  const operate::Config config = emulator.config();
  const auto transport = operate::libcurl_transport(config);
  const TransportRequest good{"GET", config.base_url + "/companies/list?limit=1", {}, {}, "a-key", true};
  EXPECT_EQ(std::get<TransportResponse>(transport->send(good, {})).status, 401);
  const auto refused = [&](const std::function<void(TransportRequest&)>& change) {
    TransportRequest bad = good;
    change(bad);
    return thrown<operate::ValidationError>([&] { transport->send(bad, {}); })->field();
  };
  EXPECT_EQ(refused([](auto& r) { r.url = "http://127.0.0.1:1/companies/list"; }), "url");
  EXPECT_EQ(refused([&](auto& r) { r.url = config.base_url + "9/x"; }), "url");
  EXPECT_EQ(refused([&](auto& r) { r.url += std::string("\0", 1); }), "url");
  EXPECT_EQ(refused([&](auto& r) { r.url = config.base_url + "/../x"; }), "path");
  EXPECT_EQ(refused([](auto& r) { r.method = "GET / HTTP/1.1\r\n\r\nGET"; }), "method");
  EXPECT_EQ(refused([](auto& r) { r.headers = {{"X", "a\r\nEvil: 1"}}; }), "headers[0].value");
  EXPECT_EQ(refused([](auto& r) { r.headers = {{"X-Api-Key", "b"}}; }), "headers[0]");
  EXPECT_EQ(refused([](auto& r) { r.headers = {{"Host", "b"}}; }), "headers[0]");
  EXPECT_EQ(refused([](auto& r) { r.api_key = "a\r\nb"; }), "api_key");
}

TEST(LibcurlTransportTest, RefusesSettingsThatCannotBe) {
  operate::Config config;
  config.base_url = "nonsense";
  EXPECT_EQ(thrown<operate::ConfigError>([&] { operate::libcurl_transport(config); })->setting(),
            "Config::base_url");
}

// Whoever wraps the transport may have given a body to any method.
TEST(LibcurlTransportTest, AHeadWithABodyIsSentAsAHead) {
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  const auto config = emulator.config();
  TransportRequest request;
  request.method = "HEAD";
  request.url = config.base_url + "/x";
  request.api_key = "a-key";
  request.body = "{}";
  operate::libcurl_transport(config)->send(request, TransportLimits());
  ASSERT_EQ(emulator.requests().size(), 1u);
  EXPECT_EQ(emulator.requests().front().method, "HEAD");
}

}  // namespace
