#include <operate/client.hpp>
#include <operate/error.hpp>

#include "support/environment.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace {

using operate::Client;
using operate::Config;
using operate::test::ScopedVariable;
using operate::test::thrown;

std::shared_ptr<const operate::ConfigError> refused(const std::function<void(Config&)>& change) {
  Config config;
  config.api_key = "sk_test";
  return thrown<operate::ConfigError>([&] {
    change(config);
    Client client(config);
  });
}

TEST(ConfigTest, WithoutAnyKeyNamesEveryPlaceThatWasLookedAt) {
  for (const char* value : {static_cast<const char*>(nullptr), ""}) {
    const ScopedVariable key("OPERATE_API_KEY", value);
    const auto error = thrown<operate::ConfigError>([] { Client::from_environment(); });
    ASSERT_TRUE(error);
    const std::string what = error->what();
    EXPECT_NE(what.find("Config::api_key"), std::string::npos) << what;
    EXPECT_NE(what.find("OPERATE_API_KEY"), std::string::npos) << what;
    EXPECT_NE(what.find("Settings > API Keys"), std::string::npos) << what;
  }
}

TEST(ConfigTest, TheEnvironmentsKeyIsUsedOnlyWhereNoneWasSet) {
  const ScopedVariable key("OPERATE_API_KEY", "sk_test");
  EXPECT_NO_THROW(Client::from_environment());
  EXPECT_NO_THROW(Client(Config{}));
  EXPECT_TRUE(refused([](Config& config) { config.api_key = ""; }));
  EXPECT_TRUE(refused([](Config& config) { config.api_key = std::string("sk test"); }));
}

TEST(ConfigTest, AnotherVariableCanHoldTheKey) {
  const ScopedVariable crm("CRM_KEY", "sk_test");
  Config config;
  config.api_key = operate::ApiKeySource::environment("CRM_KEY");
  EXPECT_NO_THROW(Client{config});
  config.api_key = operate::ApiKeySource::environment("CRM_KEY_THAT_IS_NOT_SET");
  const auto error = thrown<operate::ConfigError>([&] { Client client(config); });
  EXPECT_NE(std::string(error->what()).find("CRM_KEY_THAT_IS_NOT_SET"), std::string::npos);
}

TEST(ConfigTest, ANullPointerIsNoKey) {
  const char* none = nullptr;
  EXPECT_TRUE(refused([&](Config& config) { config.api_key = none; }));
}

TEST(ConfigTest, LimitsArePositive) {
  using std::chrono::milliseconds;
  EXPECT_EQ(refused([](Config& c) { c.connect_timeout = milliseconds(0); })->setting(),
            "Config::connect_timeout");
  EXPECT_EQ(refused([](Config& c) { c.stall_timeout = milliseconds(0); })->setting(),
            "Config::stall_timeout");
  EXPECT_EQ(refused([](Config& c) { c.timeout = milliseconds(-1); })->setting(), "Config::timeout");
  EXPECT_EQ(refused([](Config& c) { c.deadline = milliseconds(0); })->setting(), "Config::deadline");
  EXPECT_EQ(refused([](Config& c) { c.max_response_bytes = 0; })->setting(), "Config::max_response_bytes");
  EXPECT_EQ(refused([](Config& c) { c.max_connections = 0; })->setting(), "Config::max_connections");
  EXPECT_EQ(refused([](Config& c) { c.max_connections = 10'001; })->setting(), "Config::max_connections");
  EXPECT_EQ(refused([](Config& c) { c.retry.max_retries = -1; })->setting(), "RetryPolicy::max_retries");
  EXPECT_EQ(refused([](Config& c) { c.retry.budget = 0; })->setting(), "RetryPolicy::budget");
  EXPECT_EQ(refused([](Config& c) { c.retry.budget = 1'000'001; })->setting(), "RetryPolicy::budget");
  EXPECT_EQ(refused([](Config& c) { c.retry.initial_delay = milliseconds(0); })->setting(),
            "RetryPolicy::initial_delay");
  EXPECT_EQ(refused([](Config& c) { c.user_agent_suffix = "a\r\nb"; })->setting(),
            "Config::user_agent_suffix");
  Config longest;
  longest.api_key = "sk_test";
  longest.timeout = longest.deadline = longest.connect_timeout = longest.stall_timeout = milliseconds::max();
  EXPECT_NO_THROW(Client{longest});
}

TEST(ConfigTest, ReadsTheEnvironment) {
  const ScopedVariable url("OPERATE_BASE_URL", "http://localhost:8080");
  const auto timeout_of = [](const char* text) {
    const ScopedVariable timeout("OPERATE_TIMEOUT", text);
    return Config::from_environment().timeout;
  };
  using std::chrono::milliseconds;
  EXPECT_EQ(Config::from_environment().base_url, "http://localhost:8080");
  EXPECT_EQ(timeout_of(""), Config().timeout);
  EXPECT_EQ(timeout_of("30"), milliseconds(30'000));
  EXPECT_EQ(timeout_of("2.5"), milliseconds(2'500));
  EXPECT_EQ(timeout_of("0.0019"), milliseconds(1));
  EXPECT_EQ(timeout_of("99999999999999999999"), std::chrono::hours(24 * 24));
  for (const char* bad : {"0", "0.0001", "-1", "+1", "1e3", "abc", "1.", ".5", "1 ", "1,5", "1.2.3"}) {
    const auto error = thrown<operate::ConfigError>([&] { timeout_of(bad); });
    ASSERT_TRUE(error) << bad;
    EXPECT_EQ(error->setting(), "OPERATE_TIMEOUT");
  }
}

TEST(ConfigTest, TheEnvironmentTurnsALogOn) {
  EXPECT_FALSE(Config::from_environment().observer);
  for (const char* level : {"info", "debug"}) {
    const ScopedVariable log("OPERATE_LOG", level);
    const auto observer = Config::from_environment().observer;
    ASSERT_TRUE(observer);
    testing::internal::CaptureStderr();
    observer->on({});
    EXPECT_EQ(testing::internal::GetCapturedStderr().empty(), level == std::string("info"));
  }
  const ScopedVariable log("OPERATE_LOG", "loud");
  EXPECT_EQ(thrown<operate::ConfigError>([] { Config::from_environment(); })->setting(), "OPERATE_LOG");
}

TEST(ConfigTest, ABadBaseUrlOfTheEnvironmentNamesTheVariable) {
  const ScopedVariable url("OPERATE_BASE_URL", "api.operate.so");
  EXPECT_EQ(thrown<operate::ConfigError>([] { Config::from_environment(); })->setting(), "OPERATE_BASE_URL");
}

TEST(ConfigTest, TheEnvironmentNamesTheCertificatesToTrust) {
  const ScopedVariable file("OPERATE_CA_FILE", "/dev/null/there_is_none");
  const auto error = thrown<operate::ConfigError>([] { Config::from_environment(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->setting(), "OPERATE_CA_FILE");
  const ScopedVariable readable("OPERATE_CA_FILE", __FILE__);
  EXPECT_EQ(Config::from_environment().ca_file, __FILE__);
}

TEST(ConfigTest, ABadKeyOfTheEnvironmentNamesTheVariable) {
  const ScopedVariable key("OPERATE_API_KEY", "not a key");
  EXPECT_EQ(thrown<operate::ConfigError>([] { Client::from_environment(); })->setting(), "OPERATE_API_KEY");
  const ScopedVariable file("OPERATE_API_KEY_FILE", "x");
  EXPECT_EQ(thrown<operate::ConfigError>([] { Client::from_environment(); })->setting(), "OPERATE_API_KEY");
}

TEST(ConfigTest, AnEmptyBaseUrlCountsAsNotSet) {
  const ScopedVariable url("OPERATE_BASE_URL", "");
  EXPECT_EQ(Config::from_environment().base_url, "https://api.operate.so");
}

}  // namespace
