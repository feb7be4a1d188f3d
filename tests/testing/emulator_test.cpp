#include <operate/testing/emulator.hpp>

#include <operate/operate.hpp>

#include "support/emulator_options.hpp"
#include "support/raw_client.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using operate::Client;
using operate::test::RawClient;
using operate::test::thrown;
using operate::testing::Emulator;
using operate::testing::EmulatorResponse;

// The server's own judgement of a body that the client would not send.
std::string refusal(const Client& client, const nlohmann::json& person) {
  try {
    client.call({"POST", "/v/alpha/people/create", {}, person.dump()});
    return "";
  } catch (const operate::BadRequestError& error) {
    EXPECT_EQ(error.type(), "undocumented");
    return error.message();
  }
}

TEST(EmulatorTest, RefusesKeysWithTheDocumentedBody) {
  const Emulator emulator(operate::test::emulator_options());
  httplib::Client bare(emulator.base_url());  // Ours cannot leave the key out.
  bare.set_ca_cert_path(emulator.ca_file().c_str());
  const auto ask = [&](const httplib::Headers& headers) { return bare.Get("/companies/list", headers); };
  for (const httplib::Headers& headers : {httplib::Headers{}, httplib::Headers{{"x-api-key", ""}}}) {
    const auto missing = ask(headers);
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->status, 400);
    EXPECT_EQ(
        nlohmann::json::parse(missing->body),
        nlohmann::json::parse(
            R"({"success":false,"error":{"type":"authentication_error","message":"Missing API Key"}})"));
  }
  for (const auto& [key, status] :
       {std::pair{emulator.expired_api_key(), 401}, std::pair{std::string("sk_other"), 401},
        std::pair{emulator.forbidden_api_key(), 403}}) {
    const auto refused = ask({{"x-api-key", key}});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, status);
    const auto body = nlohmann::json::parse(refused->body);
    EXPECT_EQ(body["success"], false);
    EXPECT_EQ(body["error"]["type"], "authentication_error");
    EXPECT_TRUE(body["error"]["message"].is_string());
  }
  EXPECT_EQ(ask({{"x-api-key", emulator.api_key()}})->status, 200);
}

TEST(EmulatorTest, ChecksEveryDocumentedRuleOfAPerson) {
  const Emulator emulator(operate::test::emulator_options());
  const Client client(emulator.config());
  const nlohmann::json good = {{"email", "a@x.example"}, {"full_name", "Ada"}};
  EXPECT_EQ(refusal(client, good), "");
  const auto with = [&](const char* member, const nlohmann::json& value) {
    nlohmann::json person = good;
    person[member] = value;
    return refusal(client, person);
  };
  const auto without = [&](const char* member) {
    nlohmann::json person = good;
    person.erase(member);
    return refusal(client, person);
  };
  EXPECT_EQ(with("email", {"a@x.example", "b@x.example"}), "");
  EXPECT_NE(with("email", nlohmann::json::array()), "");
  EXPECT_NE(with("email", 7), "");
  EXPECT_NE(without("email"), "");
  EXPECT_NE(without("full_name"), "");
  EXPECT_NE(with("full_name", ""), "");
  EXPECT_EQ(with("cue", std::string(280, 'x')), "");
  EXPECT_NE(with("cue", std::string(281, 'x')), "");
  EXPECT_NE(with("cue", 1), "");
  EXPECT_NE(with("timezone", 1), "");
  EXPECT_NE(with("location", {1}), "");
  EXPECT_NE(with("titles", "CTO"), "");
  EXPECT_NE(with("titles", {"CTO"}), "");
  EXPECT_NE(with("titles", {{{"title", 1}}}), "");
  EXPECT_NE(with("titles", {{{"company_id", "7"}}}), "");
  EXPECT_NE(with("titles", {{{"order_index", "0"}}}), "");
  EXPECT_EQ(
      with("titles",
           {{{"title", "CTO"}, {"company_id", "c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11"}, {"order_index", 0}}}),
      "");
  EXPECT_NE(refusal(client, nlohmann::json::array()), "");
}

TEST(EmulatorTest, ChecksTheRangesOfAList) {
  const Emulator emulator(operate::test::emulator_options());
  const Client client(emulator.config());
  const auto ask = [&](const char* name, const char* value) {
    return client.call({"GET", "/companies/list", {{name, value}}, ""}).status;
  };
  EXPECT_EQ(ask("limit", "100"), 200);
  EXPECT_EQ(ask("offset", "1000"), 200);
  EXPECT_EQ(ask("offset", "9223372036854775807"), 200);
  for (const char* bad : {"0", "101", "-1", "ten", ""})
    EXPECT_THROW(ask("limit", bad), operate::BadRequestError) << bad;
  EXPECT_THROW(ask("offset", "-1"), operate::BadRequestError);
}

TEST(EmulatorTest, HasTheCompaniesThatWereAskedFor) {
  auto options = operate::test::emulator_options();
  options.companies = 1234;
  const Emulator emulator(options);
  EXPECT_EQ(Client(emulator.config()).companies().list().pagination().total, 1234);
  EXPECT_EQ(Client(Emulator(operate::test::emulator_options()).config())
                .companies()
                .list_all({50, 0, 0})
                .to_vector()
                .size(),
            0u);
}

TEST(EmulatorTest, AnswersScriptedOnesFirstAndInOrder) {
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  config.retry.max_retries = 0;
  const Client client(config);
  emulator.answer_next(
      {503, {{"x-a", "1"}, {"Content-Type", "text/plain"}}, "busy", std::chrono::milliseconds(5)});
  emulator.answer_next({418, {}, "", {}});
  const auto busy = thrown<operate::ServerError>([&] { client.companies().list(); });
  EXPECT_EQ(busy->body(), "busy");
  EXPECT_GE(busy->attempts()[0].duration, std::chrono::milliseconds(5));
  bool found = false;
  for (const auto& [name, value] : busy->headers()) found = found || (name == "x-a" && value == "1");
  EXPECT_TRUE(found);
  EXPECT_EQ(thrown<operate::ApiError>([&] { client.companies().list(); })->status(), 418);
  EXPECT_EQ(client.companies().list().size(), 50u);
}

TEST(EmulatorTest, ADelayDoesNotHoldUpItsEnd) {
  auto emulator = std::make_unique<Emulator>(operate::test::emulator_options());
  auto config = emulator->config();
  config.timeout = std::chrono::milliseconds(20);
  config.retry.max_retries = 0;
  emulator->answer_next({200, {}, "{}", std::chrono::hours(1)});
  EXPECT_THROW(Client(config).companies().list(), operate::TimeoutError);
  emulator.reset();
}

TEST(EmulatorTest, RoutesOfAUser) {
  Emulator emulator(operate::test::emulator_options());
  emulator.add_route("GET", "/companies/list", [](const auto&) {
    return EmulatorResponse{200, {}, "[]", {}};
  });
  emulator.add_route("POST", "/throws",
                     [](const auto&) -> EmulatorResponse { throw std::runtime_error("ouch"); });
  const Client client(emulator.config());
  EXPECT_EQ(client.call({"GET", "/companies/list", {}, ""}).body, "[]");
  const auto error = thrown<operate::ServerError>([&] { client.call({"POST", "/throws", {}, "{}"}); });
  EXPECT_NE(error->message().find("ouch"), std::string::npos);
}

TEST(EmulatorTest, AnAnswerThatCannotBeSentIsRefused) {
  Emulator emulator(operate::test::emulator_options());
  EXPECT_THROW(emulator.answer_next({0, {}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {{"content-length", "9"}}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {{"X", "a\r\nY: b"}}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {{"", "a"}}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {}, "", std::chrono::milliseconds(-1)}), std::invalid_argument);
  EXPECT_THROW(emulator.add_route("GET", "/n", {}), std::invalid_argument);
  EXPECT_THROW(operate::testing::Emulator({-1, 0, false, {}}), std::invalid_argument);
  emulator.add_route("GET", "/odd", [](const auto& request) {
    return EmulatorResponse{request.parameter("status") == "700" ? 700 : 200, {}, "", {}};
  });
  auto config = emulator.config();
  config.retry.max_retries = 0;
  const Client client(config);
  EXPECT_EQ(client.call({"GET", "/odd", {{"a", "b"}, {"status", "200"}}, ""}).status, 200);
  const auto error = thrown<operate::ServerError>([&] {
    client.call({"GET", "/odd", {{"status", "700"}}, ""});
  });
  EXPECT_NE(error->message().find("700"), std::string::npos);
}

TEST(EmulatorTest, APortThatIsTakenIsToldAtOnce) {
  const Emulator emulator(operate::test::emulator_options());
  auto options = operate::test::emulator_options();
  options.port =
      static_cast<std::uint16_t>(std::stoi(emulator.base_url().substr(emulator.base_url().rfind(':') + 1)));
  EXPECT_THROW(Emulator{options}, std::runtime_error);
}

TEST(EmulatorTest, OverTlsTheCertificateIsItsOwnAndGoesWithIt) {
  operate::testing::EmulatorOptions options;
  options.tls = true;
  std::string file;
  {
    const Emulator emulator(options), another(options);
    file = emulator.ca_file();
    EXPECT_EQ(emulator.base_url().substr(0, 18), "https://127.0.0.1:");
    auto config = emulator.config();
    EXPECT_EQ(Client(config).companies().list().size(), 50u);
    config.retry.max_retries = 0;
    for (const std::string& untrusted : {std::string(), another.ca_file()}) {
      config.ca_file = untrusted;
      const auto error = thrown<operate::TransportError>([&] { Client(config).companies().list(); });
      EXPECT_EQ(error->kind(), operate::TransportErrorKind::tls);
    }
    config.ca_file = emulator.ca_file();
    config.base_url.replace(8, 9, "localhost");
    EXPECT_EQ(Client(config).companies().list().size(), 50u);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(Emulator().ca_file(), "");
}

TEST(EmulatorTest, ItsStateIsSeededAndReadBack) {
  auto options = operate::test::emulator_options();
  options.state = operate::JsonText(
      R"({"people":[{"id":"p1"}],"companies":[{"id":"c1","name":"Acme","x":{"y":[1,null]}},{"id":"c2"}]})");
  const Emulator emulator(options);
  const Client client(emulator.config());
  const auto page = client.companies().list();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].raw.text(), R"({"id":"c1","name":"Acme","x":{"y":[1,null]}})");
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  const auto created = client.people().create(person);

  const auto state = nlohmann::json::parse(emulator.state().text());
  EXPECT_EQ(state["companies"], nlohmann::json::parse(options.state.text())["companies"]);
  ASSERT_EQ(state["people"].size(), 2u);
  EXPECT_EQ(state["people"][0], nlohmann::json::parse(R"({"id":"p1"})"));
  EXPECT_EQ(state["people"][1]["id"], created.id);
  EXPECT_EQ(state["people"][1]["email"], "ada@example.com");

  options.state = emulator.state();
  EXPECT_EQ(Emulator(options).state(), emulator.state());
}

TEST(EmulatorTest, AStateThatIsNoneIsRefusedWithTheReason) {
  const auto refused = [](const char* state) {
    operate::testing::EmulatorOptions options;
    options.state = operate::JsonText(state);
    return std::string(thrown<std::invalid_argument>([&] { Emulator{options}; })->what());
  };
  EXPECT_NE(refused("{").find("is no JSON"), std::string::npos);
  EXPECT_NE(refused("[]").find("is no object"), std::string::npos);
  EXPECT_NE(refused(R"({"deals":[]})").find("deals"), std::string::npos);
  EXPECT_NE(refused(R"({"people":{}})").find("people that are no array"), std::string::npos);
  EXPECT_NE(refused(R"({"companies":[{"id":"1"},{"id":2}]})").find("companies[1]"), std::string::npos);
  EXPECT_NE(refused(R"({"companies":[7]})").find("companies[0]"), std::string::npos);
}

// A request as it stands on the wire, with the good key.
std::string wire(const std::string& first_line, const Emulator& emulator, const std::string& headers = {},
                 const std::string& body = {}) {
  return first_line + " HTTP/1.1\r\nHost: x\r\nx-api-key: " + emulator.api_key() + "\r\n" + headers +
         (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + body;
}

// Versions of cpp-httplib send headers in different orders.
std::string with_sorted_headers(const std::string& message) {
  const std::size_t blank = message.find("\r\n\r\n");
  if (blank == std::string::npos) return message;
  std::istringstream head(message.substr(0, blank + 2));
  std::vector<std::string> lines;
  for (std::string line; std::getline(head, line);) lines.push_back(line + "\n");
  std::sort(lines.begin() + 1, lines.end());
  return std::accumulate(lines.begin(), lines.end(), std::string()) + message.substr(blank + 2);
}

// The whole answer to a request, behind which the connection is closed.
std::string answer_to(const std::string& first_line, const Emulator& emulator,
                      const std::string& headers = {}, const std::string& body = {}) {
  return RawClient(emulator)
      .all_of(wire(first_line, emulator, "Connection: close\r\n" + headers, body))
      .first;
}

TEST(EmulatorTest, ABodyIsSentAsItStands) {
  Emulator emulator;
  const std::string text(5'000, 'x');
  emulator.add_route("GET", "/long", [&](const auto&) { return EmulatorResponse{200, {}, text, {}}; });
  emulator.add_route("GET", "/packed", [](const auto&) {
    return EmulatorResponse{
        200, {{"Content-Encoding", "gzip"}, {"Keep-Alive", "timeout=5"}}, "0123456789", {}};
  });
  const std::string asks = "Accept-Encoding: gzip, deflate, br\r\nRange: bytes=0-3\r\n";
  EXPECT_EQ(with_sorted_headers(answer_to("GET /long", emulator, asks)),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5000\r\nContent-Type: "
            "application/json\r\n\r\n" +
                text);
  RawClient kept(emulator);
  kept.send(wire("GET /packed", emulator, asks));
  const std::string expected =
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\nContent-Type: "
      "application/json\r\nKeep-Alive: timeout=5\r\n\r\n0123456789";
  std::string packed;
  for (std::string some; packed.size() < expected.size() && !(some = kept.receive()).empty();) packed += some;
  EXPECT_EQ(with_sorted_headers(packed), expected);
  EXPECT_EQ(with_sorted_headers(kept.all_of(wire("GET /packed", emulator, "Connection: close\r\n")).first),
            "HTTP/1.1 200 OK\r\nConnection: close" + expected.substr(15));
}

TEST(EmulatorTest, ABodyIsReceivedAsItWasSent) {
  Emulator emulator;
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"Content-Type: multipart/form-data; boundary=b\r\n",
       "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"},
      {"Content-Type: application/x-www-form-urlencoded\r\n", "a=1&b=" + std::string(10'000, 'x')},
      {"Content-Encoding: gzip\r\nContent-Type: text/plain\r\n", "no gzip"},
      {"", std::string("\0%41\r\n\r\nGET / HTTP/1.1\r\n\r\n", 26)}};
  for (const char* method : {"POST", "GET", "DELETE"})
    for (const auto& [headers, body] : bodies) {
      emulator.clear_requests();
      EXPECT_EQ(answer_to(std::string(method) + " /x?q=1", emulator, headers, body).substr(0, 12),
                "HTTP/1.1 404");
      const auto requests = emulator.requests();
      ASSERT_EQ(requests.size(), 1u);
      EXPECT_EQ(requests[0].method, method);
      EXPECT_EQ(requests[0].body, body);
      ASSERT_EQ(requests[0].query.size(), 1u);
      EXPECT_EQ(requests[0].parameter("q"), "1");
    }
}

TEST(EmulatorTest, ChunksAreTheBodyAndTheNextRequestIsBehindThem) {
  Emulator emulator;
  const std::string chunked = wire("PUT /x", emulator, "Transfer-Encoding: chunked\r\n") +
                              "5;a=b\r\n01\r\n2\r\nB\r\n\r\n3456789\r\n\r\n";
  const std::string bytes =
      chunked + "0\r\nTrailer: 1\r\n\r\n" + wire("GET /y", emulator, "Connection: close\r\n");
  // All at once, and byte by byte.
  RawClient(emulator).all_of(bytes);
  RawClient slow(emulator);
  for (const char byte : bytes) slow.send({byte});
  slow.all_of("");
  const auto requests = emulator.requests();
  ASSERT_EQ(requests.size(), 4u);
  for (const std::size_t i : {0u, 2u}) {
    EXPECT_EQ(requests[i].method, "PUT");
    EXPECT_EQ(requests[i].body, "01\r\n2\r\n3456789\r\n");
    EXPECT_EQ(requests[i + 1].path, "/y");
    EXPECT_EQ(requests[i + 1].body, "");
  }
}

TEST(EmulatorTest, AQueryIsDecodedOnceAndComplete) {
  Emulator emulator;
  answer_to("GET /a%2520b+c%zz?a=1&a=1&&a=2&%62=%2526+c&x&y=1=2?%4", emulator);
  const auto request = emulator.requests().at(0);
  EXPECT_EQ(request.path, "/a%20b+c%zz");
  std::string query;
  for (const auto& [name, value] : request.query)
    query.append(name).append(" -> ").append(value).append("\n");
  EXPECT_EQ(query, "a -> 1\na -> 1\na -> 2\nb -> %26 c\nx -> \ny -> 1=2?%4\n");
}

TEST(EmulatorTest, HeadersAreReceivedAsTheyWereSent) {
  Emulator emulator;
  emulator.rotate_api_key("100%25%41");
  const std::string sent =
      "X-A: 100%25 a%41b\r\nRange: what\r\nx-a:\t 2 \r\nExpect: nothing\r\nREMOTE_ADDR: me\r\n"
      "Accept-Encoding: br\r\nX-Long: " +
      std::string(20'000, 'h') + "\r\n";
  EXPECT_EQ(answer_to("GET /companies/list?x=" + std::string(20'000, 'q'), emulator, sent).substr(0, 12),
            "HTTP/1.1 200");
  const auto request = emulator.requests().at(0);
  EXPECT_EQ(request.parameter("x").size(), 20'000u);
  std::string headers;
  for (const auto& [name, value] : request.headers)
    headers.append(name).append(": ").append(value).append("\n");
  EXPECT_EQ(headers,
            "Host: x\nx-api-key: [removed]\nConnection: close\nX-A: 100%25 a%41b\nRange: what\nx-a: 2\n"
            "Expect: nothing\nREMOTE_ADDR: me\nAccept-Encoding: br\nX-Long: " +
                std::string(20'000, 'h') + "\n");
}

TEST(EmulatorTest, AnyMethodIsServed) {
  Emulator emulator;
  for (const char* method : {"PURGE", "REPORT", "LINK", "X-1", "CONNECT", "TRACE", "PRI"}) {
    emulator.add_route(method, "/x", [](const auto& request) {
      return EmulatorResponse{200, {}, request.method + request.body, {}};
    });
    const std::string line = std::string(method) + " /x";
    emulator.answer_next({418, {}, "", {}});
    EXPECT_EQ(answer_to(line, emulator).substr(0, 12), "HTTP/1.1 418");
    const std::string answer = answer_to(line, emulator, "", "body");
    EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), method + std::string("body"));
    EXPECT_EQ(emulator.requests().back().method, method);
  }
  for (const char* none : {"get", "G T", ""})
    EXPECT_THROW(emulator.add_route(none, "/x", [](const auto&) { return EmulatorResponse{}; }),
                 std::invalid_argument);
  for (const char* none : {"x", ""})
    EXPECT_THROW(emulator.add_route("GET", none, [](const auto&) { return EmulatorResponse{}; }),
                 std::invalid_argument);
}

TEST(EmulatorTest, WhatIsNoHttpIsRefusedAndUsesNothingUp) {
  Emulator emulator;
  emulator.answer_next({418, {}, "", {}});
  for (const char* bad :
       {"get / HTTP/1.1\r\n", "GET / HTTP/2.0\r\n", "GET /\r\n", "GET  / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n", "GET / HTTP/1.1\r\nA : b\r\n", "GET / HTTP/1.1\r\nA: b\nc\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "POST / HTTP/1.1\r\nContent-Length: \r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n",
        "POST /1 HTTP/1.1\r\nA\r\n"})
    EXPECT_EQ(with_sorted_headers(RawClient(emulator).all_of(std::string(bad) + "\r\n").first),
              "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        << bad;
  const std::string chunks = wire("POST /x", emulator, "Transfer-Encoding: chunked\r\n");
  for (const char* body : {"z\r\n", "1\r\nabc0\r\n\r\n", "1\r\na\r\n\r\n", "10000000000000000\r\n"})
    EXPECT_EQ(RawClient(emulator).all_of(chunks + body).first.substr(0, 12), "HTTP/1.1 400") << body;
  EXPECT_TRUE(emulator.requests().empty());
  EXPECT_EQ(answer_to("GET /x", emulator).substr(0, 12), "HTTP/1.1 418");
}

TEST(EmulatorTest, AnAnswerHasABodyOnlyWhereHttpHasOne) {
  Emulator emulator;
  const auto route = [](const auto& request) {
    return EmulatorResponse{
        request.parameter("s").empty() ? 200 : std::stoi(request.parameter("s")), {}, "0123", {}};
  };
  for (const char* method : {"GET", "HEAD"}) emulator.add_route(method, "/x", route);
  RawClient client(emulator);
  EXPECT_EQ(client.heads_of(wire("HEAD /x", emulator), 1),
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: application/json\r\n\r\n");
  EXPECT_EQ(client.heads_of(wire("GET /x?s=204", emulator), 1),
            "HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n");
  EXPECT_EQ(client.heads_of(wire("GET /x?s=304", emulator), 1),
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\nContent-Type: application/json\r\n\r\n");
  EXPECT_EQ(client.all_of("GET /x HTTP/1.0\r\nx-api-key: " + emulator.api_key() + "\r\n\r\n").first,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\nContent-Type: "
            "application/json\r\n\r\n0123");
}

}  // namespace
