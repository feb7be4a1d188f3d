#include "core/request_builder.hpp"

#include "core/headers.hpp"

#include <gtest/gtest.h>

namespace {

using operate::core::build_request;
using operate::core::find_header;

TEST(RequestBuilderTest, PutsTheUrlTogether) {
  operate::Request request;
  request.path = "/companies/list";
  request.query = {{"limit", "50"}, {"a b", "c&d"}};
  operate::RequestOptions options;
  options.query = {{"x", ""}};
  EXPECT_EQ(build_request(request, options, true, "https://api.operate.so/crm", "ua").url,
            "https://api.operate.so/crm/companies/list?limit=50&a%20b=c%26d&x=");
  request.query.clear();
  EXPECT_EQ(build_request(request, {}, true, "https://a.example", "ua").url,
            "https://a.example/companies/list");
}

TEST(RequestBuilderTest, SetsHeadersThatTheCallerHasNot) {
  operate::Request request{"POST", "/x", {}, "{}"};
  const auto plain = build_request(request, {}, false, "https://a.example", "ua/1");
  EXPECT_EQ(*find_header(plain.headers, "accept"), "application/json");
  EXPECT_EQ(*find_header(plain.headers, "user-agent"), "ua/1");
  EXPECT_EQ(*find_header(plain.headers, "content-type"), "application/json");

  operate::RequestOptions options;
  options.headers = {{"content-TYPE", "text/csv"}, {"x-trace", "1"}, {"x-trace", "2"}};
  const auto own = build_request(request, options, false, "https://a.example", "ua/1");
  EXPECT_EQ(*find_header(own.headers, "Content-Type"), "text/csv");
  EXPECT_EQ(own.headers.size(), 5u);

  request.body.clear();
  EXPECT_EQ(find_header(build_request(request, {}, false, "https://a.example", "ua").headers, "content-type"),
            nullptr);
}

TEST(RequestBuilderTest, TheOptionsHaveTheLastWordOnRepeating) {
  const operate::Request request;
  operate::RequestOptions options;
  EXPECT_TRUE(build_request(request, options, true, "https://a.example", "").safe_to_repeat);
  options.safe_to_repeat = false;
  EXPECT_FALSE(build_request(request, options, true, "https://a.example", "").safe_to_repeat);
  options.safe_to_repeat = true;
  EXPECT_TRUE(build_request(request, options, false, "https://a.example", "").safe_to_repeat);
}

}  // namespace
