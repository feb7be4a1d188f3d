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
  const auto request = script->requests().at(0);
  const std::string came = std::string(error->what()).substr(0, std::string(error->what()).find('\n')) +
                           request.path + request.body + request.header("x-a") + request.parameter("a");
  EXPECT_EQ(came.find("sentinel"), std::string::npos) << came;
}

TEST_F(ScriptedTransportTest, AKeyThatIsEncodedInTheUrlIsFoundToo) {
  config.api_key = "a+key/with=odd&letters";
  operate::RequestOptions options;
  options.query = {{"a", "a+key/with=odd&letters"}};
  script->whenever({}, TransportResponse{200, {}, "{}"});
  client().call({"GET", "/x/a%2Bkey%2Fwith%3Dodd%26letters", {}, ""}, options);
  EXPECT_EQ(script->requests().at(0).path, "/x/[api key]");
  EXPECT_EQ(script->requests().at(0).parameter("a"), "[api key]");
}

TEST_F(ScriptedTransportTest, RefusesAScriptThatCannotBe) {
  EXPECT_THROW(script->expect({"POST", "/x", {}, {}, "{"}, TransportResponse{200}), std::invalid_argument);
  EXPECT_THROW(script->whenever({}, ScriptedTransport::Handler()), std::invalid_argument);
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
