#include <operate/error.hpp>

#include "core/error_details.hpp"
#include "core/names.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <type_traits>

namespace {

std::shared_ptr<const operate::detail::ErrorDetails> details() {
  operate::detail::ErrorDetails details;
  details.what = "the key was refused\xff";
  details.method = "GET";
  details.path = "/companies/list";
  details.time =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + std::chrono::milliseconds(29'719'123);
  details.call = 7;
  details.status = 401;
  details.type = "authentication_error";
  details.body = "a body";
  details.headers = {{"x-a", "a header"}, {"Retry-After", "7"}};
  details.attempts = {{503, {}, std::chrono::milliseconds(3), std::chrono::milliseconds(500)}, {401}};
  return std::make_shared<operate::detail::ErrorDetails>(details);
}

TEST(ErrorTest, IsCaughtAsEveryClassAboveIt) {
  const auto raise = [] { throw operate::InvalidApiKeyError(details()); };
  EXPECT_THROW(raise(), operate::AuthenticationError);
  EXPECT_THROW(raise(), operate::ApiError);
  EXPECT_THROW(raise(), operate::Error);
  EXPECT_THROW(raise(), std::runtime_error);
}

TEST(ErrorTest, CopiesWithoutThrowing) {
  EXPECT_TRUE(std::is_nothrow_copy_constructible_v<operate::Error>);
  EXPECT_TRUE(std::is_nothrow_copy_constructible_v<operate::ServerError>);
  EXPECT_TRUE(std::is_nothrow_copy_assignable_v<operate::TimeoutError>);
}

TEST(ErrorTest, AClonesTypeIsTheOriginals) {
  const auto clone = operate::InvalidApiKeyError(details()).clone();
  const auto* api = dynamic_cast<const operate::InvalidApiKeyError*>(clone.get());
  ASSERT_NE(api, nullptr);
  EXPECT_EQ(api->status(), 401);
  EXPECT_EQ(api->type(), "authentication_error");
}

TEST(ErrorTest, ReportIsJsonWithEveryAttemptWithoutTheBodyAndHeadersThatAreNotListed) {
  const std::string text = operate::InvalidApiKeyError(details()).report();
  const auto report = nlohmann::json::parse(text);
  EXPECT_EQ(report.at("path"), "/companies/list");
  EXPECT_EQ(report.at("attempts").at(0).at("wait_ms"), 500);
  EXPECT_EQ(report.at("attempts").at(1).at("status"), 401);
  EXPECT_EQ(report.at("type"), "authentication_error");
  EXPECT_EQ(report.at("error"), "InvalidApiKeyError");
  EXPECT_FALSE(report.contains("kind"));
  EXPECT_EQ(report.at("time"), "2026-11-25T08:15:19.123Z");
  EXPECT_EQ(report.at("call"), 7);
  EXPECT_EQ(report.at("attempts").at(0).at("total_us"), 0);
  EXPECT_EQ(report.at("headers").dump(), R"([{"name":"Retry-After","value":"7"}])");
  EXPECT_EQ(report.at("sdk"), std::string("operate-cpp/") + operate::core::sdk_version);
  EXPECT_EQ(report.at("documentation"), "docs/errors.md#invalidapikeyerror");
  EXPECT_EQ(text.find("a body"), std::string::npos);
  EXPECT_EQ(text.find("a header"), std::string::npos);
}

TEST(ErrorTest, WhatIsNoIdIsShownNowhereInTheReport) {
  operate::detail::ErrorDetails details;
  details.request_id = "jane doe@example.com";
  details.headers = {{"X-Request-Id", details.request_id}};
  const auto shared = std::make_shared<const operate::detail::ErrorDetails>(details);
  EXPECT_EQ(operate::ServerError(shared).report().find("jane"), std::string::npos);
}

TEST(ErrorTest, TheReportSaysWhatItsClassAdds) {
  operate::detail::ErrorDetails details;
  details.kind = operate::TransportErrorKind::timeout;
  details.limit = operate::TimeLimit::rate_limit;
  details.elapsed = std::chrono::milliseconds(7);
  details.retry_after = std::chrono::seconds(30);
  const auto shared = std::make_shared<const operate::detail::ErrorDetails>(details);
  const auto report = nlohmann::json::parse(operate::TimeoutError(shared).report());
  EXPECT_EQ(report.at("error"), "TimeoutError");
  EXPECT_EQ(report.at("kind"), "timeout");
  EXPECT_EQ(report.at("limit"), "rate_limit");
  EXPECT_EQ(report.at("elapsed_ms"), 7);
  EXPECT_EQ(report.at("retry_after_ms"), 30'000);
  details.subject = "Config::base_url";
  const operate::ConfigError config(std::make_shared<const operate::detail::ErrorDetails>(details));
  const auto of_config = nlohmann::json::parse(config.report());
  EXPECT_EQ(of_config.at("subject"), "Config::base_url");
  EXPECT_FALSE(of_config.contains("time") || of_config.contains("call")) << "no call was begun";
}

}  // namespace
