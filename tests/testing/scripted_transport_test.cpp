#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>
#include <operate/testing/scripted_transport.hpp>

#include "support/listing.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using operate::Client;
using operate::TransportResponse;
using operate::test::companies_page;
using operate::test::thrown;
using operate::testing::ExpectedRequest;
using operate::testing::ReceivedRequest;
using operate::testing::ScriptedTransport;
using operate::testing::UnexpectedRequest;

struct ScriptedTransportTest : testing::Test {
  ScriptedTransportTest() {
    config.api_key = "sk_test_sentinel";
    config.transport = script;
    config.clock = std::make_shared<operate::testing::ManualClock>();
  }
  Client client() const { return Client(config); }
  operate::NewPerson ada() const {
    operate::NewPerson person;
    person.emails = {"ada@example.com"};
    person.full_name = "Ada Lovelace";
    person.cue = "50% / \"analyst\"";
    return person;
  }
  std::shared_ptr<ScriptedTransport> script = std::make_shared<ScriptedTransport>();
  operate::Config config;
};

TEST_F(ScriptedTransportTest, AnswersInOrder) {
  script->expect({"GET", "/companies/list", {{"offset", "0"}}}, operate::testing::connection_lost());
  script->expect({"GET", "/companies/list", {{"offset", "0"}, {"limit", "2"}}},
                 TransportResponse{200, {}, companies_page(3, 2, 0, 2)});
  script->expect({"GET", "/companies/list", {{"offset", "1"}, {"limit", "3"}}},
                 TransportResponse{200, {}, companies_page(3, 3, 1, 2)});
  operate::ListAllOptions options;
  options.page_size = 2;
  EXPECT_EQ(client().companies().list_all(options).to_vector().size(), 3u);
  EXPECT_EQ(script->problems(), "");
  ASSERT_EQ(script->requests().size(), 3u);
  EXPECT_EQ(script->requests()[2].parameter("offset"), "1");
  EXPECT_EQ(script->requests()[2].header("accept"), "application/json");
}

TEST_F(ScriptedTransportTest, ComparesABodyByItsMeaning) {
  script->expect(
      {"POST",
       "/v/alpha/people/create",
       {},
       {{"content-type", "application/json"}},
       R"({ "full_name": "Ada Lovelace", "cue": "50% / \"analyst\"", "email": "ada@example.com" })"},
      TransportResponse{200, {}, R"({"id":"7"})"});
  EXPECT_EQ(client().people().create(ada()).id, "7");
  EXPECT_EQ(script->problems(), "");
}

TEST_F(ScriptedTransportTest, ARequestThatIsNotAsExpectedEndsTheTestAndShowsTheDifference) {
  config.base_url = "https://api.example.com/v1";
  script->expect({"PUT",
                  "/v1/people",
                  {{"a", "1"}, {"b", "2"}},
                  {{"x-a", "1"}},
                  R"({"full_name":"Bob","email":"ada@example.com","titles":[]})"},
                 TransportResponse{200});
  operate::RequestOptions options;
  options.query = {{"a", "x y"}};
  const auto error = thrown<UnexpectedRequest>([&] { client().people().create(ada(), options); });
  EXPECT_EQ(std::string(error->what()), R"(Request 1 was not expected: POST /v1/v/alpha/people/create?a=x y
Expected next: PUT /v1/people?a=1&b=2
  method: expected PUT, came POST
  path: expected /v1/people, came /v1/v/alpha/people/create
  query a: expected "1", came "x y"
  query b: expected "2", came none
  header x-a: expected "1", came none
  body /full_name: expected "Bob", came "Ada Lovelace"
  body /titles: expected [], came none
  body /cue: expected none, came "50% / \"analyst\""
)");
  EXPECT_EQ(script->problems(), error->what() + std::string("Did not come: PUT /v1/people?a=1&b=2\n"));
}

TEST_F(ScriptedTransportTest, NothingIsRepeatedAfterAnUnexpectedRequest) {
  EXPECT_THROW(client().companies().list(), UnexpectedRequest);
  EXPECT_EQ(script->requests().size(), 1u);
  EXPECT_EQ(script->problems(),
            "Request 1 was not expected: GET /companies/list?limit=50&offset=0\n"
            "No further request was expected.\n");
}

TEST_F(ScriptedTransportTest, RulesAnswerAtAnyTimeBesideTheLine) {
  script->whenever({"GET"}, TransportResponse{200, {}, companies_page(0, 50, 0, 0)});
  script->whenever({}, [](const ReceivedRequest& request) {
    return TransportResponse{200, {}, R"({"id":")" + request.path + R"("})"};
  });
  script->expect({"GET", "/companies/list"}, TransportResponse{200, {}, companies_page(1, 50, 0, 1)});
  EXPECT_EQ(client().people().create(ada()).id, "/v/alpha/people/create");
  EXPECT_NE(script->problems(), "");
  EXPECT_EQ(client().companies().list().size(), 1u);
  EXPECT_EQ(client().companies().list().size(), 0u);
  EXPECT_EQ(client().companies().list().size(), 0u);
  EXPECT_EQ(script->problems(), "");
}

TEST_F(ScriptedTransportTest, FailuresAreThoseOfANetwork) {
  script->expect({}, operate::testing::connection_refused());
  script->expect({}, operate::testing::connection_refused());
  script->expect({}, operate::testing::connection_lost());
  const auto lost = thrown<operate::TransportError>([&] { client().people().create(ada()); });
  EXPECT_EQ(lost->attempts().size(), 3u);
  EXPECT_EQ(lost->attempts()[0].failure, operate::TransportErrorKind::connect);
  EXPECT_TRUE(lost->may_have_been_applied());
  script->expect({}, operate::testing::timed_out());
  const auto late = thrown<operate::TimeoutError>([&] { client().people().create(ada()); });
  EXPECT_EQ(late->limit(), operate::TimeLimit::attempt);
  EXPECT_TRUE(late->may_have_been_applied());
  EXPECT_EQ(script->problems(), "");
}

TEST_F(ScriptedTransportTest, TheKeyIsInNoText) {
  const std::string key = "sk_test_sentinel";
  operate::RequestOptions options;
  options.headers = {{"x-a", key}};
  options.query = {{"a", key}};
  script->expect({"POST", "/" + key, {{"a", "b"}}, {{"x-a", "b"}}, R"({"a":1})"}, TransportResponse{200});
  const auto error = thrown<UnexpectedRequest>([&] {
    client().call({"POST", "/x/" + key, {}, "{\"a\":\"" + key + "\"}"}, options);
  });
  EXPECT_EQ(std::string(error->what()).find("sentinel"), std::string::npos) << error->what();
  EXPECT_EQ(script->problems().find("sentinel"), std::string::npos) << script->problems();
  EXPECT_EQ(std::string(error->what()), R"(Request 1 was not expected: POST /x/[api key]?a=[api key]
Expected next: POST /[api key]?a=b
  path: expected /[api key], came /x/[api key]
  query a: expected "b", came "[api key]"
  header x-a: expected "b", came "[api key]"
  body /a: expected 1, came "[api key]"
)");
}

TEST_F(ScriptedTransportTest, TheKeyIsTakenOutOfWhatWasExpectedToo) {
  const std::string key = "sk_test_sentinel";
  script->expect(
      {"GET", "/" + key, {{key, key}}, {{key, key}}, R"({"a":{")" + key + R"(":[")" + key + R"("]}})"},
      TransportResponse{200});
  script->whenever({"PUT", "", {{"token", key}}}, TransportResponse{200});
  const auto error = thrown<UnexpectedRequest>([&] { client().call({"POST", "/x", {}, R"({"a":{}})"}); });
  EXPECT_EQ(std::string(error->what()).find("sentinel"), std::string::npos) << error->what();
  EXPECT_EQ(script->problems().find("sentinel"), std::string::npos) << script->problems();
  EXPECT_NE(std::string(error->what()).find(R"(body /a/[api key]: expected ["[api key]"], came none)"),
            std::string::npos)
      << error->what();
}

TEST_F(ScriptedTransportTest, AKeyThatIsEncodedInTheUrlIsInNoTextEither) {
  config.api_key = "a+key/with=odd&letters";
  operate::RequestOptions options;
  options.query = {{"a", "a+key/with=odd&letters"}};
  const auto error = thrown<UnexpectedRequest>([&] {
    client().call({"GET", "/x/a%2Bkey%2Fwith%3Dodd%26letters", {}, ""}, options);
  });
  EXPECT_EQ(std::string(error->what()),
            "Request 1 was not expected: GET /x/[api key]?a=[api key]\n"
            "No further request was expected.\n");
}

TEST_F(ScriptedTransportTest, WordsThatAreTheKeyAreComparedAsTheyWereSent) {
  for (const char* key : {"test", "api-key-for-companies", "list"}) {
    config.api_key = key;
    script->expect({"POST", "/companies/test/list", {{"a", "test"}}, {{"x-a", "test"}}, R"({"a":"test"})"},
                   TransportResponse{200, {}, "{}"});
    operate::RequestOptions options;
    options.headers = {{"x-a", "test"}};
    client().call({"POST", "/companies/test/list", {{"a", "test"}}, R"({"a":"test"})"}, options);
  }
  EXPECT_EQ(script->problems(), "");
  const ReceivedRequest request = script->requests().at(0);
  EXPECT_EQ(request.path, "/companies/test/list");
  EXPECT_EQ(request.parameter("a"), "test");
  EXPECT_EQ(request.header("x-a"), "test");
  EXPECT_EQ(request.body, R"({"a":"test"})");
}

TEST_F(ScriptedTransportTest, NothingInARequestForgesALine) {
  operate::TransportRequest request;
  request.method = "GET";
  request.url =
      "https://api.example.com/a%0AExpected next: b%1B[2J?c%0D=d%0AExpected%20next:%7F%C2%9B%E2%80%AE%FF";
  script->expect({"GET", "/a\nb", {{"e\nf", "g\nh"}}, {{"i", "\x1b"}}}, TransportResponse{200});
  const auto error = thrown<UnexpectedRequest>([&] { script->send(request, {}); });
  EXPECT_EQ(
      std::string(error->what()),
      R"(Request 1 was not expected: GET /a\nExpected next: b\u001B[2J?c\r=d\nExpected next:\u007F\u009B\u202E\xFF
Expected next: GET /a\nb?e\nf=g\nh
  path: expected /a\nb, came /a\nExpected next: b\u001B[2J
  query e\nf: expected "g\nh", came none
  header i: expected "\u001B", came none
)");
}

TEST_F(ScriptedTransportTest, AnyHeaderOfANameMayFit) {
  operate::RequestOptions options;
  options.headers = {{"x-a", "1"}, {"X-A", "2"}};
  script->expect({"GET", "/x", {}, {{"x-a", "2"}, {"x-A", "1"}}}, TransportResponse{200, {}, "{}"});
  client().call({"GET", "/x", {}, ""}, options);
  EXPECT_EQ(script->problems(), "");
  script->expect({"GET", "/x", {}, {{"x-a", "3"}}}, TransportResponse{200});
  const auto error = thrown<UnexpectedRequest>([&] { client().call({"GET", "/x", {}, ""}, options); });
  EXPECT_NE(std::string(error->what()).find(R"(header x-a: expected "3", came "1" and "2")"),
            std::string::npos)
      << error->what();
}

TEST_F(ScriptedTransportTest, NumbersAreComparedByTheirValueAndMembersByTheirNumber) {
  const std::vector<std::pair<const char*, const char*>> same = {
      {"[1, 100, -0.5, 0]", "[1.0, 1e+2, -5E-1, -0.0e7]"},
      {"[18446744073709551617, 0.10000000000000000001]", "[18446744073709551617, 1.0000000000000000001e-1]"},
      {R"({"a":1,"b":2,"a":3})", R"({"b":2,"a":1,"a":3})"},
      {R"({"a":"\u0041"})", R"({"a":"A"})"}};
  for (const auto& [expected, came] : same) {
    script->expect({"", "", {}, {}, expected}, TransportResponse{200, {}, "{}"});
    client().call({"POST", "/x", {}, came});
  }
  EXPECT_EQ(script->problems(), "");
  const std::vector<std::vector<const char*>> different = {
      {"[18446744073709551617]", "[18446744073709551618]",
       "body /0: expected 18446744073709551617, came 18446744073709551618"},
      {"[0.1]", "[0.10000000000000000001]", "body /0: expected 0.1, came 0.10000000000000000001"},
      {"[1]", "[-1]", "body /0: expected 1, came -1"},
      {R"({"a":2})", R"({"a":1,"a":2})",
       "body /a: expected 2, came 1\n  body /a (again): expected none, came 2"},
      {R"(["1"])", "[1]", R"(body /0: expected "1", came 1)"},
      {R"({"a/b":[]})", R"({"a/b":{}})", "body /a~1b: expected [], came {}"},
      {"[1,2]", "[1]", "body /1: expected 2, came none"},
      {"null", "[]", "body: expected null, came []"}};
  for (const auto& one : different) {
    ScriptedTransport other;
    operate::TransportRequest request;
    request.body = one[1];
    other.whenever({"", "", {}, {}, one[0]}, TransportResponse{200});
    const auto error = thrown<UnexpectedRequest>([&] { other.send(request, {}); });
    EXPECT_NE(std::string(error->what()).find("\n  " + std::string(one[2]) + "\n"), std::string::npos)
        << error->what();
  }
}

TEST_F(ScriptedTransportTest, LongTextsAreCutOffBehindAWholeCharacter) {
  const std::string body = "\"" + std::string(299, 'a') + "\xc3\xa9z\"";
  script->whenever({"", "", {}, {}, "1"}, TransportResponse{200});
  const auto error = thrown<UnexpectedRequest>([&] { client().call({"POST", "/x", {}, body}); });
  EXPECT_NE(std::string(error->what()).find("came \"" + std::string(299, 'a') + "\"...\n"), std::string::npos)
      << error->what();
}

TEST_F(ScriptedTransportTest, RefusesAScriptThatCannotBe) {
  EXPECT_THROW(script->expect({"POST", "/x", {}, {}, "{"}, TransportResponse{200}), std::invalid_argument);
  EXPECT_THROW(script->whenever({}, ScriptedTransport::Handler()), std::invalid_argument);
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  script->whenever({"POST", "/x", {}, {}, nested(1'000)}, TransportResponse{200});
  const auto error = thrown<std::invalid_argument>([&] {
    script->whenever({"POST", "/x", {}, {}, nested(1'001)}, TransportResponse{200});
  });
  EXPECT_NE(std::string(error->what()).find("is no JSON, or too deep: \"[["), std::string::npos)
      << error->what();
}

TEST_F(ScriptedTransportTest, ManyThreadsAreServed) {
  script->whenever({"GET"}, TransportResponse{200, {}, companies_page(1, 50, 0, 1)});
  for (int i = 0; i < 100; ++i) script->expect({"POST"}, TransportResponse{200, {}, R"({"id":"7"})"});
  const Client shared = client();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 25; ++n) {
        EXPECT_EQ(shared.people().create(ada()).id, "7");
        EXPECT_EQ(shared.companies().list().size(), 1u);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(script->problems(), "");
  EXPECT_EQ(script->requests().size(), 200u);
}

}  // namespace
