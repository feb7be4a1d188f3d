#include "core/answer.hpp"

#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace {

using operate::core::Exchange;
using operate::test::thrown;

Exchange answered(std::string body, bool safe_to_repeat = true) {
  Exchange exchange;
  exchange.safe_to_repeat = safe_to_repeat;
  exchange.key =
      std::make_shared<const operate::core::ApiKey>("sk_live_0123456789abcdef", "the test", "a setting");
  exchange.answer = {200, {}, std::move(body)};
  return exchange;
}

operate::Pagination read(const Exchange& exchange) {
  const auto document = operate::core::read_document(exchange);
  return operate::core::read_list(exchange, document, "companies").pagination;
}

std::string with_pagination(const std::string& pagination) {
  return R"({"success":true,"data":{"companies":[{"id":"1"}],"pagination":)" + pagination + "}}";
}

TEST(AnswerTest, ReadsADocumentedListInAnyOrderWithUnknownMembers) {
  const auto pagination = read(answered(
      R"({"x":1,"data":{"pagination":{"offset":25,"y":2,"limit":25,"total":73},"companies":[]},"success":true})"));
  EXPECT_EQ(pagination.total, 73);
  EXPECT_EQ(pagination.limit, 25);
  EXPECT_EQ(pagination.offset, 25);
}

TEST(AnswerTest, RefusesWhatIsNoDocumentedList) {
  for (const std::string& body :
       {std::string(),
        std::string("<html>log in</html>"),
        std::string("[]"),
        std::string("null"),
        std::string("\"ok\""),
        std::string(R"({"success":true})"),
        std::string(R"({"data":{}})"),
        std::string(R"({"success":"true","data":{}})"),
        std::string(R"({"success":true,"data":null})"),
        std::string(R"({"success":true,"data":[]})"),
        std::string(
            R"({"success":true,"data":{"companies":{},"pagination":{"total":0,"limit":50,"offset":0}}})"),
        std::string(
            R"({"success":true,"data":{"companies":[1],"pagination":{"total":1,"limit":50,"offset":0}}})"),
        std::string(R"({"success":true,"data":{"companies":[],"pagina)"),
        with_pagination(R"({"total":1,"limit":50,"offset":0})") + "x",
        with_pagination(R"({"total":1,"limit":50,"offset":0})") + std::string("\0", 1),
        with_pagination(R"({"total":1,"limit":50,"offset":0,"x":")") + "\xff\"}}}",
        std::string(100'000, '['),
        with_pagination(R"({"total":1,"limit":50})"),
        with_pagination(R"({"total":"1","limit":50,"offset":0})"),
        with_pagination(R"({"total":1.0,"limit":50,"offset":0})"),
        with_pagination(R"({"total":1,"limit":1e2,"offset":0})"),
        with_pagination(R"({"total":1,"limit":50,"offset":-1})"),
        with_pagination(R"({"total":9223372036854775808,"limit":50,"offset":0})"),
        with_pagination(R"({"total":null,"limit":50,"offset":0})"),
        with_pagination("[]")}) {
    const auto error = thrown<operate::DecodeError>([&] { read(answered(body)); });
    ASSERT_TRUE(error) << body.substr(0, 200);
    EXPECT_EQ(error->status(), 200);
    EXPECT_EQ(error->body(), body.substr(0, 65'536));
    EXPECT_FALSE(error->may_have_been_applied());
  }
}

TEST(AnswerTest, ADecodeErrorShowsNeitherBodyNorKeyInItsMessage) {
  const auto error =
      thrown<operate::DecodeError>([&] { read(answered("Ada Lovelace sk_live_0123456789abcdef", false)); });
  EXPECT_EQ(std::string(error->what()).find("Ada"), std::string::npos);
  EXPECT_EQ(error->body(), "Ada Lovelace [api key]");
  EXPECT_TRUE(error->may_have_been_applied());
}

TEST(AnswerTest, SuccessFalseUnderA200IsTheEnvelopesError) {
  const auto exchange = answered(R"({"success":false,"error":{"type":"t","message":"m"}})");
  for (const auto& call : {std::function<void()>([&] { read(exchange); }),
                           std::function<void()>([&] { operate::core::require_success(exchange); })}) {
    const auto error = thrown<operate::ApiError>(call);
    EXPECT_EQ(error->status(), 200);
    EXPECT_EQ(error->type(), "t");
    EXPECT_EQ(error->message(), "m");
  }
}

TEST(AnswerTest, AGenericCallFindsAFailureWhereverItStands) {
  for (const char* body : {"{\"success\" :\n\tfalse}", R"({"data":{"success":true},"success":false})",
                           R"({"success":true,"success":false})", R"({"x":"\"success\"","success":false})"})
    EXPECT_TRUE(thrown<operate::ApiError>([&] { operate::core::require_success(answered(body)); })) << body;
}

TEST(AnswerTest, AGenericCallTakesAnyBodyOfSuccess) {
  for (const char* body : {"", "not json", "[]", R"({"success":true})", R"({"success":"false"})",
                           R"({"data":{"success":false}})", R"({"success":false,"success":true})",
                           R"({"success":false)", R"("success":false)"})
    EXPECT_NO_THROW(operate::core::require_success(answered(body))) << body;
}

}  // namespace
