#include <operate/operate.hpp>
#include <operate/testing/gtest.hpp>

#include "support/listing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

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

template <class M, class T>
std::string description_of(const M& matcher, const T&) {
  return ::testing::DescribeMatcher<const T&>(::testing::SafeMatcherCast<const T&>(matcher));
}
template <class M, class T>
std::string explanation_of(const M& matcher, const T& value) {
  StringMatchResultListener listener;
  ::testing::SafeMatcherCast<const T&>(matcher).MatchAndExplain(value, &listener);
  return listener.str();
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
  const std::string size_is_3 = description_of(SizeIs(3), result.value());
  EXPECT_EQ(failure_of(HasValue(SizeIs(3)), result),
            "wanted: has a value that " + size_is_3 +
                "; is: succeeded: Page {total 3, limit 50, offset 0} "
                R"({ Company {"id":"id-0","name":"Company"}, Company {"id":"id-1","name":"Company"} }; )"
                "whose value does not match, " +
                explanation_of(SizeIs(3), result.value()));
  EXPECT_EQ(description_of(Not(HasValue(SizeIs(3))), result), "has no value that " + size_is_3);
  EXPECT_EQ(explanation_of(HasError<operate::Error>(), result), "which succeeded");
  EXPECT_THAT(operate::Result<int>(3), HasValue(3));
  EXPECT_EQ(failure_of(HasValue(4), operate::Result<int>(3)),
            "wanted: has a value that is equal to 4; is: succeeded: 3; whose value does not match");
  EXPECT_THAT(operate::Result<std::string>("a"), HasValue("a"));
}

TEST_F(GtestTest, ResultsOfCallsThatReturnNothing) {
  const auto done = operate::attempt([] {});
  const Client client = answered(409, "");
  const auto failed = operate::attempt([&] { client.companies().list(); });
  EXPECT_THAT(done, HasValue(_));
  EXPECT_THAT(failed, Not(HasValue(_)));
  EXPECT_EQ(description_of(HasValue(_), done), "is that of a call that succeeded");
  EXPECT_EQ(description_of(Not(HasValue(_)), done), "is that of a call that failed");
  EXPECT_EQ(explanation_of(HasValue(_), failed), "which failed with ConflictError");
}

TEST_F(GtestTest, ResultsWithAnError) {
  const Client client = answered(409, "");
  const auto result = operate::attempt([&] { return client.companies().list(); });
  EXPECT_THAT(result, HasError<operate::ConflictError>());
  EXPECT_THAT(result, HasError<operate::ApiError>(StatusIs(409)));
  EXPECT_THAT(result, Not(HasValue(_)));
  EXPECT_EQ(explanation_of(HasValue(_), result), "which failed with ConflictError");
  const auto other = HasError<operate::ServerError>();
  EXPECT_EQ(description_of(other, result), "has an error of the class ServerError");
  EXPECT_EQ(description_of(Not(other), result), "has no error of the class ServerError");
  EXPECT_EQ(explanation_of(other, result), "whose error is of the class ConflictError");
  EXPECT_NE(failure_of(other, result).find(R"(is: failed: {"error":"ConflictError")"), std::string::npos);
  const auto status = HasError<operate::ApiError>(StatusIs(404));
  EXPECT_EQ(description_of(status, result),
            "has an error of the class ApiError that has a status that is equal to 404");
  EXPECT_EQ(description_of(Not(status), result),
            "has no error of the class ApiError that has a status that is equal to 404");
  EXPECT_EQ(explanation_of(status, result), "whose error is of the class ConflictError, whose status is 409");
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
  EXPECT_EQ(failure_of(IsFulfilled(), script),
            "wanted: has no problems; is: a ScriptedTransport; Did not come: GET /y\n");
  EXPECT_EQ(failure_of(IsFulfilled(), *script),
            "wanted: has no problems; is: a ScriptedTransport; Did not come: GET /y\n");
  EXPECT_EQ(failure_of(IsFulfilled(), std::shared_ptr<ScriptedTransport>()),
            "wanted: has no problems; is: (nullptr); which is no transport");
  EXPECT_EQ(::testing::PrintToString(std::shared_ptr<ReplayTransport>()), "(nullptr)");
}

TEST_F(GtestTest, MatchersOfErrorsSayWhatTheyWantAndWhatTheyGot) {
  const Client client = answered(409, "");
  operate::ListOptions options;
  options.limit = 0;
  const auto refused = operate::attempt([&] { return client.companies().list(options); });
  const auto& error = dynamic_cast<const operate::ValidationError&>(refused.error());
  EXPECT_EQ(description_of(FieldIs("offset"), error), R"(has a field that is equal to "offset")");
  EXPECT_EQ(description_of(Not(FieldIs("offset")), error), R"(has a field that isn't equal to "offset")");
  EXPECT_EQ(explanation_of(FieldIs("offset"), error), R"(whose field is "limit")");
  EXPECT_EQ(explanation_of(AttemptsAre(1), error), "whose number of attempts is 0");
  EXPECT_EQ(description_of(AttemptsAre(1), error), "has a number of attempts that is equal to 1");
  const auto no_key = operate::attempt([] { return Client(operate::Config{""}); });
  const auto& setting = dynamic_cast<const operate::ConfigError&>(no_key.error());
  EXPECT_EQ(description_of(SettingIs("a"), setting), R"(has a setting that is equal to "a")");
  EXPECT_EQ(explanation_of(SettingIs(SizeIs(1)), setting),
            R"(whose setting is "Config::api_key", whose size 15 doesn't match)");
  script = std::make_shared<ScriptedTransport>();
  script->whenever({}, connection_refused());
  const Client lost = answered(200, "");
  const auto result = operate::attempt([&] { return lost.companies().list(); });
  const auto& transport = dynamic_cast<const operate::TransportError&>(result.error());
  EXPECT_EQ(description_of(KindIs(operate::TransportErrorKind::tls), transport),
            "has a kind that is equal to tls");
  EXPECT_EQ(explanation_of(KindIs(operate::TransportErrorKind::tls), transport), "whose kind is connect");
  EXPECT_EQ(description_of(MayHaveBeenApplied(), transport), "may have been applied");
}

TEST(MatchersTest, OfRequestsSayWhatTheyWantAndWhatTheyGot) {
  const ReceivedRequest request{"GET", "/x", {{"a", "1"}}, {{"Accept", "text"}}, ""};
  EXPECT_EQ(failure_of(RequestIs("PUT", SizeIs(3)), request),
            R"(wanted: has a method that is equal to "PUT" and a path that )" +
                description_of(SizeIs(3), request.path) +
                R"(; is: GET /x { a=1 } { Accept: text } ; whose method is "GET" and whose path is "/x", )" +
                explanation_of(SizeIs(3), request.path));
  EXPECT_EQ(description_of(Not(RequestIs("PUT", "/y")), request),
            R"(has a method that isn't equal to "PUT" or a path that isn't equal to "/y")");
  EXPECT_EQ(description_of(HeaderIs("accept", "a"), request), R"(has a header accept that is equal to "a")");
  EXPECT_EQ(explanation_of(HeaderIs("accept", "a"), request), R"(whose header accept is "text")");
  EXPECT_EQ(description_of(Not(ParameterIs("a", "2")), request),
            R"(has a query parameter a that isn't equal to "2")");
  EXPECT_EQ(explanation_of(ParameterIs("a", "2"), request), R"(whose query parameter a is "1")");
  EXPECT_THAT(request, ParameterIs("b", ""));
}

TEST(PrintersTest, ErrorsAreNamedByTheirClass) {
  const auto name = [](int status) {
    const auto script = std::make_shared<ScriptedTransport>();
    script->whenever({}, TransportResponse{status});
    operate::Config config;
    config.api_key = "a-key";
    config.transport = script;
    config.retry.max_retries = 0;
    const auto result = operate::attempt([&] { return Client(config).companies().list(); });
    return explanation_of(HasError<operate::ConfigError>(), result);
  };
  EXPECT_EQ(name(401), "whose error is of the class InvalidApiKeyError");
  EXPECT_EQ(name(403), "whose error is of the class PermissionDeniedError");
  EXPECT_EQ(name(404), "whose error is of the class NotFoundError");
  EXPECT_EQ(name(418), "whose error is of the class ApiError");
  EXPECT_EQ(name(500), "whose error is of the class ServerError");
}

TEST(PrintersTest, ShowWhatTheValuesHold) {
  EXPECT_EQ(::testing::PrintToString(operate::Header{"a", "b"}), "a: b");
  EXPECT_EQ(::testing::PrintToString(operate::Response{200, {}, "body"}), "Response 200 body");
  EXPECT_EQ(::testing::PrintToString(operate::Response{200, {{"a", "b"}}, ""}), "Response 200 { a: b }");
  EXPECT_EQ(::testing::PrintToString(operate::Request{"GET", "/x", {{"a", "1"}}, "b"}),
            "Request GET /x { a=1 } b");
  EXPECT_EQ(::testing::PrintToString(operate::TimeLimit::pool), "pool");
  EXPECT_EQ(::testing::PrintToString(operate::EventKind::attempt), "attempt");
  EXPECT_EQ(::testing::PrintToString(operate::WaitReason::rate_limit), "rate_limit");
  EXPECT_EQ(::testing::PrintToString(FaultKind::reset_after_status_line), "reset_after_status_line");
  EXPECT_EQ(::testing::PrintToString(operate::JsonText("{}")), "{}");
  operate::Transfer transfer;
  transfer.request_id = "7";
  transfer.http_version = "2";
  transfer.bytes_received = 3;
  transfer.total = std::chrono::microseconds(4);
  const std::string wire =
      R"(Transfer {request_id "7", http_version "2", a new connection, bytes_sent 0, bytes_received 3, )"
      "name_lookup 0 us, connect 0 us, tls 0 us, first_byte 0 us, total 4 us}";
  EXPECT_EQ(::testing::PrintToString(transfer), wire);
  EXPECT_EQ(::testing::PrintToString(operate::Result<operate::Transfer>(transfer)), "succeeded: " + wire);
  operate::Attempt attempt;
  attempt.failure = operate::TransportErrorKind::tls;
  attempt.wait = std::chrono::milliseconds(2);
  attempt.transfer = transfer;
  EXPECT_EQ(::testing::PrintToString(attempt),
            "Attempt {status 0, failure tls, duration 0 ms, wait 2 ms, " + wire + "}");
  EXPECT_EQ(::testing::PrintToString(TransportResponse{200, {{"a", "b"}}, "c"}),
            "TransportResponse 200 { a: b } c");
  EXPECT_EQ(::testing::PrintToString(timed_out()), "TransportFailure timeout (attempt)");
  EXPECT_EQ(::testing::PrintToString(connection_lost()), "TransportFailure receive");
  EXPECT_EQ(::testing::PrintToString(ExpectedRequest{"", "/x", {{"a", "1"}}, {{"b", "c"}}, "{}"}),
            "ExpectedRequest any method /x { a=1 } { b: c } {}");
  EXPECT_EQ(::testing::PrintToString(EmulatorResponse{404, {}, "a", std::chrono::milliseconds(5)}),
            "EmulatorResponse 404 a, held back by 5 ms");
  EXPECT_EQ(::testing::PrintToString(Fault{FaultKind::slow_bytes}),
            "Fault slow_bytes, carried out, 10 ms behind each byte");
  EXPECT_EQ(::testing::PrintToString(Fault{FaultKind::drop, false}), "Fault drop, not carried out");
}

TEST(PrintersTest, PeopleAndCompaniesShowWhatTheyHold) {
  EXPECT_EQ(::testing::PrintToString(operate::Company{"7", "Acme"}), R"(Company {id "7", name "Acme"})");
  EXPECT_EQ(::testing::PrintToString(operate::Company{"7", "Acme", operate::JsonText("{}")}), "Company {}");
  operate::NewPerson person;
  person.full_name = "Ada";
  person.emails = {"a@b.c"};
  person.location = "London";
  person.titles = {{"CTO", "7", 1}};
  person.extra = operate::JsonText(R"({"x":1})");
  EXPECT_EQ(::testing::PrintToString(person),
            R"(NewPerson {full_name "Ada", emails { "a@b.c" }, location "London", )"
            R"(titles { Title {"CTO", company_id "7", order_index 1} }, extra {"x":1}})");
  operate::Person created;
  created.id = "7";
  EXPECT_EQ(::testing::PrintToString(created), R"(Person {id "7", full_name "", emails {}})");
  EXPECT_EQ(::testing::PrintToString(operate::Title{"CTO"}), R"(Title {"CTO"})");
}

TEST(PrintersTest, ShowNoKey) {
  operate::Config config;
  config.api_key = "sk_test_sentinel";
  EXPECT_EQ(::testing::PrintToString(config).find("sentinel"), std::string::npos);
  EXPECT_EQ(::testing::PrintToString(config).find("Config {base_url "), 0u);
  operate::TransportRequest request;
  request.method = "GET";
  request.url = "https://a/sk_test_sentinel";
  request.headers = {{"b", "sk_test_sentinel"}};
  request.body = "sk_test_sentinel";
  request.api_key = "sk_test_sentinel";
  EXPECT_EQ(::testing::PrintToString(request),
            "TransportRequest GET https://a/[api key] { b: [api key] } [api key]");
}

TEST(PrintersTest, ShowRequestsThatCame) {
  EXPECT_EQ(::testing::PrintToString(ReceivedRequest{"GET", "/x", {{"a", "1"}}, {{"c", "d"}}, "b"}),
            "GET /x { a=1 } { c: d } b");
}

}  // namespace
