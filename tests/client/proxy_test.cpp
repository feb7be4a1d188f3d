#include "client/proxy.hpp"

#include "support/environment.hpp"
#include "support/thrown.hpp"

#include <operate/error.hpp>

#include <gtest/gtest.h>

namespace {

using operate::Config;
using operate::client::proxy_to;
using operate::core::BaseUrl;
using operate::core::parse_base_url;
using operate::test::ScopedVariable;

class ProxyOfTheEnvironmentTest : public testing::Test {
 protected:
  std::string https() { return of("https://api.operate.so"); }
  std::string http() { return of("http://crm.internal"); }
  std::string of(const char* url) {
    const auto proxy = proxy_to(parse_base_url(url, true), config);
    return proxy ? proxy->url : "none";
  }
  Config config;

 private:
  const ScopedVariable clean_[9] = {
      {"https_proxy", nullptr}, {"HTTPS_PROXY", nullptr}, {"http_proxy", nullptr},
      {"HTTP_PROXY", nullptr},  {"all_proxy", nullptr},   {"ALL_PROXY", nullptr},
      {"no_proxy", nullptr},    {"NO_PROXY", nullptr},    {"REQUEST_METHOD", nullptr}};
};

TEST_F(ProxyOfTheEnvironmentTest, ThereIsNoneUnlessItIsSet) {
  EXPECT_EQ(https(), "none");
  EXPECT_EQ(http(), "none");
  const ScopedVariable empty("https_proxy", "");
  EXPECT_EQ(https(), "none");
}

TEST_F(ProxyOfTheEnvironmentTest, EachSchemeHasItsVariableAndTheSmallLettersWin) {
  const ScopedVariable last("ALL_PROXY", "http://e:1");
  EXPECT_EQ(https(), "http://e:1");
  EXPECT_EQ(http(), "http://e:1");
  const ScopedVariable all("all_proxy", "http://d:1");
  EXPECT_EQ(https(), "http://d:1");
  const ScopedVariable capital("HTTPS_PROXY", "http://c:1");
  EXPECT_EQ(https(), "http://c:1");
  EXPECT_EQ(http(), "http://d:1");
  const ScopedVariable small("https_proxy", "http://b:1");
  EXPECT_EQ(https(), "http://b:1");
  const ScopedVariable plain("http_proxy", "http://a:1");
  EXPECT_EQ(https(), "http://b:1");
  EXPECT_EQ(http(), "http://a:1");
}

TEST_F(ProxyOfTheEnvironmentTest, WhatARequestToACgiProgramSetsIsNotTrusted) {
  const ScopedVariable capital("HTTP_PROXY", "http://a:1");
  EXPECT_EQ(http(), "none");
}

TEST_F(ProxyOfTheEnvironmentTest, TheListOfExceptionsIsObeyed) {
  const ScopedVariable proxy("https_proxy", "http://a:1");
  const ScopedVariable capital("NO_PROXY", "operate.so");
  EXPECT_EQ(https(), "none");
  const ScopedVariable small("no_proxy", "elsewhere.example");
  EXPECT_EQ(https(), "http://a:1");
}

TEST_F(ProxyOfTheEnvironmentTest, OneOfTheProgramsOwnComesFirstAndTheListIsNotForIt) {
  const ScopedVariable proxy("https_proxy", "http://a:1"), list("NO_PROXY", "*");
  config.proxy = "http://mine:2";
  EXPECT_EQ(https(), "http://mine:2");
}

TEST_F(ProxyOfTheEnvironmentTest, OneOfTheProgramsOwnIsCheckedEvenWhereItIsNotUsed) {
  config.proxy = "http://mine:2";
  EXPECT_EQ(of("http://127.0.0.1:8080"), "none");
  config.proxy = "ftp://mine:2";
  EXPECT_THROW(of("http://127.0.0.1:8080"), operate::ConfigError);
}

TEST_F(ProxyOfTheEnvironmentTest, NothingOfItCountsWhereItIsNotTrusted) {
  const ScopedVariable proxy("https_proxy", "http://a:1"), all("all_proxy", "nonsense://");
  config.trust_environment = false;
  EXPECT_EQ(https(), "none");
  config.proxy = "http://mine:2";
  EXPECT_EQ(https(), "http://mine:2");
}

TEST_F(ProxyOfTheEnvironmentTest, ThisMachineIsNeverReachedThroughOne) {
  const ScopedVariable proxy("https_proxy", "http://a:1"), plain("http_proxy", "http://a:1");
  config.proxy = "http://mine:2";
  for (const char* url :
       {"http://localhost:1", "https://localhost", "http://127.0.0.1:8080", "https://[::1]"})
    EXPECT_EQ(of(url), "none") << url;
}

TEST_F(ProxyOfTheEnvironmentTest, ABadOneNamesItsVariableAndOnlyWhereItIsNeeded) {
  const ScopedVariable proxy("https_proxy", "ftp://a:1");
  EXPECT_EQ(http(), "none");
  EXPECT_EQ(operate::test::thrown<operate::ConfigError>([&] { https(); })->setting(), "https_proxy");
  const ScopedVariable list("NO_PROXY", "*");
  EXPECT_EQ(https(), "none");
}

}  // namespace
