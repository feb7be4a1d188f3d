#include <operate/operate.hpp>
#include <operate/testing/gtest.hpp>

#include "support/listing.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace {

using operate::Client;
using operate::TransportResponse;
using operate::testing::ScriptedTransport;
using ::testing::_;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StringMatchResultListener;
using namespace operate::testing;

// What a failed EXPECT_THAT would say; empty where the matcher fits.
template <class M, class T>
std::string failure_of(const M& matcher, const T& value) {
  StringMatchResultListener listener;
  const auto usable = ::testing::SafeMatcherCast<const T&>(matcher);
  if (usable.MatchAndExplain(value, &listener)) return {};
  return "wanted: " + ::testing::DescribeMatcher<const T&>(usable) +
         "; is: " + ::testing::PrintToString(value) + "; " + listener.str();
}

struct GtestTest : testing::Test {
  Client answered(int status, std::string body) {
    script->whenever({}, TransportResponse{status, {}, std::move(body)});
    operate::Config config;
    config.api_key = "a-key";
    config.transport = script;
    config.retry.max_retries = 0;
    return Client(config);
  }
  std::shared_ptr<ScriptedTransport> script = std::make_shared<ScriptedTransport>();
};

TEST_F(GtestTest, ResultsWithAValue) {
  const Client client = answered(200, operate::test::companies_page(3, 50, 0, 2));
  const auto result = operate::attempt([&] { return client.companies().list(); });
  EXPECT_THAT(result, HasValue(SizeIs(2)));
  EXPECT_THAT(result, Not(HasError<operate::Error>()));
  EXPECT_EQ(
      failure_of(HasValue(SizeIs(3)), result),
      "wanted: has a value that is as wanted; is: succeeded: Page {total 3, limit 50, offset 0} { Company "
      R"({"id":"id-0","name":"Company"}, Company {"id":"id-1","name":"Company"} }; )"
      "whose size 2 doesn't match");
}

TEST_F(GtestTest, ResultsWithAnError) {
  const Client client = answered(409, "");
  const auto result = operate::attempt([&] { return client.companies().list(); });
  EXPECT_THAT(result, HasError<operate::ConflictError>());
  EXPECT_THAT(result, HasError<operate::ApiError>(StatusIs(409)));
  EXPECT_THAT(result, Not(HasValue(_)));
  const std::string other = failure_of(HasError<operate::ServerError>(), result);
  EXPECT_NE(other.find(R"(is: failed: {"error":"ConflictError")"), std::string::npos) << other;
  EXPECT_NE(other.find("which is of another class"), std::string::npos) << other;
  const std::string status = failure_of(HasError<operate::ApiError>(StatusIs(404)), result);
  EXPECT_NE(status.find("wanted: has an error of the wanted class that has a status that is equal to 404"),
            std::string::npos)
      << status;
}

TEST_F(GtestTest, ErrorsThatAreThrown) {
  const Client client = answered(503, "");
  EXPECT_THAT([&] { client.companies().list(); },
              ::testing::Throws<operate::ServerError>(::testing::AllOf(StatusIs(503), AttemptsAre(1))));
  operate::NewPerson person;
  EXPECT_THAT([&] { client.people().create(person); },
              ::testing::Throws<operate::ValidationError>(FieldIs("emails")));
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  EXPECT_THAT([&] { client.people().create(person); },
              ::testing::Throws<operate::ServerError>(MayHaveBeenApplied()));
  EXPECT_THAT([] { Client(operate::Config{""}); },
              ::testing::Throws<operate::ConfigError>(SettingIs("Config::api_key")));
  script = std::make_shared<ScriptedTransport>();
  script->expect({}, connection_refused());
  operate::Config config;
  config.api_key = "a-key";
  config.transport = script;
  config.retry.max_retries = 0;
  EXPECT_THAT([&] { Client(config).companies().list(); },
              ::testing::Throws<operate::TransportError>(KindIs(operate::TransportErrorKind::connect)));
}

TEST_F(GtestTest, RequestsAndScripts) {
  const Client client = answered(200, "{}");
  client.call({"GET", "/x", {{"a", "1"}}, ""});
  EXPECT_THAT(script->requests(), ::testing::ElementsAre(::testing::AllOf(
                                      RequestIs("GET", "/x"), ParameterIs("a", "1"), HeaderIs("accept", _))));
  EXPECT_THAT(script->requests().at(0), RequestIs(_, ::testing::StartsWith("/")));
  EXPECT_THAT(script->requests().at(0), Not(RequestIs("PUT", _)));
  EXPECT_THAT(*script, IsFulfilled());
  EXPECT_THAT(script, IsFulfilled());
  EXPECT_THAT(operate::attempt([&] { client.call({"GET", "/x", {}, ""}); }), HasValue(_));
  script->expect({"GET", "/y"}, TransportResponse{200});
  StringMatchResultListener listener;
  EXPECT_FALSE(::testing::ExplainMatchResult(IsFulfilled(), *script, &listener));
  EXPECT_EQ(listener.str(), "Did not come: GET /y\n");
}

TEST(PrintersTest, ShowWhatTheValuesHold) {
  EXPECT_EQ(::testing::PrintToString(operate::Header{"a", "b"}), "a: b");
  EXPECT_EQ(::testing::PrintToString(operate::Response{200, {}, "body"}), "Response 200 body");
  EXPECT_EQ(::testing::PrintToString(operate::TimeLimit::pool), "pool");
  EXPECT_EQ(::testing::PrintToString(ReceivedRequest{"GET", "/x", {{"a", "1"}}, {{"c", "d"}}, "b"}),
            "GET /x { a=1 } { c: d } b");
}

}  // namespace
