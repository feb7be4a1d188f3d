#include "core/exchange.hpp"

#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace {

using operate::core::Exchange;
using operate::test::thrown;

constexpr const char* unauthenticated =
    R"({"success":false,"error":{"type":"authentication_error","message":"Missing API Key"}})";

Exchange response(int status, std::string body, bool safe_to_repeat = true) {
  Exchange exchange;
  exchange.method = safe_to_repeat ? "GET" : "POST";
  exchange.path = "/x";
  exchange.safe_to_repeat = safe_to_repeat;
  exchange.key =
      std::make_shared<const operate::core::ApiKey>("sk_live_0123456789abcdef", "the test", "a setting");
  exchange.attempts = {{status, {}, {}, {}}};
  exchange.answer = {status, {{"X-Request-Id", "req_7"}}, std::move(body)};
  return exchange;
}

template <class E>
std::shared_ptr<const E> raised(const Exchange& exchange) {
  return thrown<E>([&] { operate::core::raise_status(exchange); });
}

TEST(ExchangeTest, EachStatusHasItsError) {
  EXPECT_TRUE(raised<operate::MissingApiKeyError>(response(400, unauthenticated)));
  EXPECT_TRUE(raised<operate::InvalidApiKeyError>(response(401, unauthenticated)));
  EXPECT_TRUE(raised<operate::PermissionDeniedError>(response(403, unauthenticated)));
  EXPECT_TRUE(
      raised<operate::BadRequestError>(response(400, R"({"success":false,"error":{"type":"other"}})")));
  EXPECT_TRUE(raised<operate::BadRequestError>(response(422, "")));
  EXPECT_TRUE(raised<operate::NotFoundError>(response(404, "")));
  EXPECT_TRUE(raised<operate::ConflictError>(response(409, "")));
  EXPECT_TRUE(raised<operate::RateLimitError>(response(429, "")));
  for (int status : {500, 503, 599}) EXPECT_TRUE(raised<operate::ServerError>(response(status, "")));
  for (int status : {402, 418, 600}) EXPECT_TRUE(raised<operate::ApiError>(response(status, "")));
  EXPECT_TRUE(raised<operate::ApiError>(response(200, R"({"success":false})")));
  for (int status : {301, 304, 399})
    EXPECT_EQ(raised<operate::TransportError>(response(status, ""))->kind(),
              operate::TransportErrorKind::redirect);
}

TEST(ExchangeTest, RefusedKeysAreToldByTheStatusWhateverTheBody) {
  for (const char* body : {"", "<html>", R"({"success":false,"err)", R"({"error":7})",
                           R"({"error":{"type":7,"message":[]}})", "\xff", "null"}) {
    EXPECT_EQ(raised<operate::InvalidApiKeyError>(response(401, body))->type(), "");
    EXPECT_EQ(raised<operate::PermissionDeniedError>(response(403, body))->body(), body);
    EXPECT_TRUE(raised<operate::BadRequestError>(response(400, body)));
  }
}

TEST(ExchangeTest, AnErrorTellsAllThatTheServerSaid) {
  const auto error = raised<operate::MissingApiKeyError>(response(400, unauthenticated));
  EXPECT_EQ(error->status(), 400);
  EXPECT_EQ(error->type(), "authentication_error");
  EXPECT_EQ(error->message(), "Missing API Key");
  EXPECT_EQ(error->request_id(), "req_7");
  EXPECT_EQ(error->headers().at(0).name, "X-Request-Id");
  EXPECT_EQ(error->body(), unauthenticated);
  EXPECT_EQ(error->attempts().size(), 1u);
  const std::string what = error->what();
  EXPECT_NE(what.find("GET /x"), std::string::npos) << what;
  EXPECT_NE(what.find("Missing API Key"), std::string::npos) << what;
  EXPECT_NE(what.find("the test"), std::string::npos) << what;
}

TEST(ExchangeTest, AMessageStaysOneShortLine) {
  const auto error = raised<operate::InvalidApiKeyError>(
      response(401, R"({"error":{"type":"authentication_error","message":"a\r\n2026 FAKE\u001b[31m\u0000b)" +
                        std::string(5'000, 'x') + "\"}}"));
  const std::string what = error->what();
  EXPECT_LT(what.size(), 700u);
  EXPECT_TRUE(std::none_of(what.begin(), what.end(), [](char c) { return c >= '\0' && c < ' '; })) << what;
  EXPECT_EQ(error->message().size(), 5'019u);
  EXPECT_EQ(raised<operate::InvalidApiKeyError>(response(401, std::string(2u << 20, ' ') + unauthenticated))
                ->type(),
            "");
}

TEST(ExchangeTest, AMessageThatMayNamePeopleIsNotInWhat) {
  const auto error = raised<operate::ConflictError>(response(
      409,
      R"({"success":false,"error":{"type":"conflict","message":"Ada Lovelace <ada@example.com> exists"}})",
      false));
  EXPECT_EQ(error->message(), "Ada Lovelace <ada@example.com> exists");
  const std::string what = error->what();
  EXPECT_NE(what.find("conflict"), std::string::npos);
  EXPECT_EQ(what.find("Ada"), std::string::npos) << what;
  EXPECT_EQ(error->report().find("ada@"), std::string::npos);

  const auto odd =
      raised<operate::ConflictError>(response(409, R"({"error":{"type":"Ada Lovelace exists"}})", false));
  EXPECT_EQ(std::string(odd->what()).find("Ada"), std::string::npos) << odd->what();
}

TEST(ExchangeTest, AKeyThatTheServerSendsBackIsTakenOut) {
  auto exchange = response(
      401,
      R"({"error":{"type":"authentication_error","message":"sk_live_0123456789abcdef, sk_live_0123..., ...9abcdef"}})");
  exchange.answer.headers.push_back({"x-echo", "sk_live_0123456789abcdef"});
  const auto error = raised<operate::InvalidApiKeyError>(exchange);
  for (const std::string& text : {std::string(error->what()), error->message(), error->body(),
                                  error->report(), error->headers().back().value}) {
    EXPECT_EQ(text.find("sk_live_"), std::string::npos) << text;
    EXPECT_EQ(text.find("89abcdef"), std::string::npos) << text;
  }
}

TEST(ExchangeTest, SaysWhatMayBeRepeatedAndWhatMayHaveHappened) {
  EXPECT_TRUE(raised<operate::ServerError>(response(503, ""))->retryable());
  EXPECT_FALSE(raised<operate::ServerError>(response(503, ""))->may_have_been_applied());
  EXPECT_FALSE(raised<operate::ServerError>(response(503, "", false))->retryable());
  EXPECT_TRUE(raised<operate::ServerError>(response(503, "", false))->may_have_been_applied());
  EXPECT_TRUE(raised<operate::RateLimitError>(response(429, "", false))->retryable());
  EXPECT_FALSE(raised<operate::RateLimitError>(response(429, "", false))->may_have_been_applied());
  EXPECT_FALSE(raised<operate::ConflictError>(response(409, "", false))->may_have_been_applied());

  const auto lost = [](bool safe_to_repeat, bool may_have_arrived) {
    operate::TransportFailure failure;
    failure.kind = operate::TransportErrorKind::receive;
    failure.request_may_have_arrived = may_have_arrived;
    return thrown<operate::TransportError>(
        [&] { operate::core::raise_failure(response(0, "", safe_to_repeat), failure); });
  };
  EXPECT_TRUE(lost(true, true)->retryable());
  EXPECT_FALSE(lost(true, true)->may_have_been_applied());
  EXPECT_FALSE(lost(false, true)->retryable());
  EXPECT_TRUE(lost(false, true)->may_have_been_applied());
  EXPECT_TRUE(lost(false, false)->retryable());
  EXPECT_FALSE(lost(false, false)->may_have_been_applied());
}

TEST(ExchangeTest, ALimitOfTimeNamesTheLimit) {
  operate::TransportFailure failure;
  failure.kind = operate::TransportErrorKind::timeout;
  failure.limit = operate::TimeLimit::stall;
  failure.elapsed = std::chrono::milliseconds(1234);
  const auto error =
      thrown<operate::TimeoutError>([&] { operate::core::raise_failure(response(0, ""), failure); });
  EXPECT_EQ(error->limit(), operate::TimeLimit::stall);
  EXPECT_EQ(error->elapsed(), std::chrono::milliseconds(1234));
  EXPECT_NE(std::string(error->what()).find("stall_timeout"), std::string::npos);
}

TEST(ExchangeTest, TheReasonOfAFailureStandsInItsSentence) {
  operate::TransportFailure failure;
  failure.kind = operate::TransportErrorKind::connect;
  failure.message = "Connection refused";
  const auto error =
      thrown<operate::TransportError>([&] { operate::core::raise_failure(response(0, ""), failure); });
  EXPECT_NE(std::string(error->what()).find("no connection could be made (Connection refused)."),
            std::string::npos)
      << error->what();
}

TEST(ExchangeTest, KeepsTheBeginningOfABodyAndRetryAfter) {
  auto exchange = response(429, std::string(100'000, 'x'));
  exchange.answer.headers = {{"retry-AFTER", "7"}};
  const auto error = raised<operate::RateLimitError>(exchange);
  EXPECT_EQ(error->body().size(), 65'536u);
  EXPECT_EQ(error->retry_after(), std::chrono::seconds(7));
  EXPECT_NE(std::string(error->what()).find("7000 ms"), std::string::npos) << error->what();
}

}  // namespace
