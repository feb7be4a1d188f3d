#include "core/event_message.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace {

TEST(EventMessageTest, WithoutBodiesItIsWhatAnObserverOfHeadersIsShown) {
  operate::core::Exchange exchange;
  exchange.key = std::make_shared<const operate::core::ApiKey>("sk_test_sentinel", "the test", "a setting");
  operate::Request request;
  request.path = "/x";
  request.query = {{"limit", "5"}, {"q", "private"}, {"offset", "0"}};
  operate::TransportRequest wire;
  wire.headers = {{"Content-Type", "application/json"}, {"X-Mine", "private"}};
  wire.body = "private";
  operate::TransportResponse answer;
  answer.headers = {{"ETag", "7"}, {"Set-Cookie", "private"}};
  answer.body = "private";
  const auto message = [&](operate::EventDetail detail) {
    return operate::core::event_message("https://api.example", request, {}, wire, &answer, exchange, detail);
  };
  const auto expected = message(operate::EventDetail::headers),
             trimmed = operate::core::headers_only(message(operate::EventDetail::bodies));
  EXPECT_EQ(message(operate::EventDetail::bodies).response_body, "private");
  EXPECT_EQ(expected.query.at(1).value, "[removed]");
  EXPECT_EQ(expected.query.at(2).value, "0");
  const auto expect_same = [](const auto& some, const auto& others) {
    ASSERT_EQ(some.size(), others.size());
    for (std::size_t i = 0; i < some.size(); ++i) {
      EXPECT_EQ(some[i].name, others[i].name);
      EXPECT_EQ(some[i].value, others[i].value);
    }
  };
  EXPECT_EQ(trimmed.url, "https://api.example/x");
  expect_same(trimmed.query, expected.query);
  expect_same(trimmed.request_headers, expected.request_headers);
  expect_same(trimmed.response_headers, expected.response_headers);
  EXPECT_EQ(trimmed.request_body, "");
  EXPECT_EQ(trimmed.response_body, "");
}

}  // namespace
