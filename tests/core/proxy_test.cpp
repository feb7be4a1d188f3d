#include "core/proxy.hpp"

#include "support/thrown.hpp"

#include <operate/error.hpp>

#include <gtest/gtest.h>

namespace {

using namespace operate::core;
using operate::test::thrown;

TEST(ProxyTest, ReadsSchemeHostAndPort) {
  const auto url = [](const char* text) { return parse_proxy(text, "Config::proxy").url; };
  EXPECT_EQ(url("proxy.example:3128"), "http://proxy.example:3128");
  EXPECT_EQ(url("http://proxy.example:3128/"), "http://proxy.example:3128");
  EXPECT_EQ(url("HTTP://10.0.0.1"), "http://10.0.0.1:80");
  EXPECT_EQ(url("https://proxy.example"), "https://proxy.example:443");
  EXPECT_EQ(url("http://[::1]:8080"), "http://[::1]:8080");
  EXPECT_EQ(url("socks5h://127.0.0.1"), "socks5h://127.0.0.1:1080");
}

TEST(ProxyTest, ReadsUserAndPassword) {
  const auto proxy = parse_proxy("http://us%65r:p%40ss%3a:w@proxy.example:3128", "Config::proxy");
  EXPECT_EQ(proxy.url, "http://proxy.example:3128");
  EXPECT_EQ(proxy.user, "user");
  EXPECT_EQ(proxy.password, "p@ss::w");
  EXPECT_EQ(parse_proxy("user@proxy.example:1", "Config::proxy").user, "user");
  EXPECT_EQ(parse_proxy("user@proxy.example:1", "Config::proxy").password, "");
}

TEST(ProxyTest, RefusesEverythingElseWithoutShowingIt) {
  for (const char* bad :
       {"", "http://", "http://hunter2@", "ftp://hunter2", "http://user:hunter2@host:0",
        "http://user:hunter2@host:65536", "http://user:hunter2@host:", "http://user:hunter2@host:8x",
        "http://user:hunter2%@host", "http://user:hunter2%2@host", "http://user:hunter2%zz@host",
        "http://user:hunter2%0d%0aX: y@host", "http://us%3aer:hunter2@host", "http://user:hunter2@ho st",
        "http://host/hunter2", "http://host?hunter2", "http://user:hunter2@[::1", "hunter2://host"}) {
    const auto error = thrown<operate::ConfigError>([&] { parse_proxy(bad, "https_proxy"); });
    ASSERT_TRUE(error) << bad;
    EXPECT_EQ(error->setting(), "https_proxy");
    EXPECT_EQ(std::string(error->what()).find("hunter2"), std::string::npos) << error->what();
  }
}

TEST(ProxyTest, SaysThatAPathIsTooMuch) {
  for (const char* bad : {"http://host:1/path", "http://host?a", "http://host#a"}) {
    const auto error = thrown<operate::ConfigError>([&] { parse_proxy(bad, "https_proxy"); });
    ASSERT_TRUE(error) << bad;
    EXPECT_NE(std::string(error->what()).find("has a path, a query or a fragment"), std::string::npos);
  }
}

TEST(ProxyTest, BypassesWhatTheListNames) {
  const Authority server{"api.operate.so", 443};
  for (const char* list : {"*", "api.operate.so", "API.Operate.SO", "operate.so", ".operate.so", "so",
                           "localhost, api.operate.so", "localhost,,operate.so", "a b operate.so",
                           "operate.so.", "api.operate.so:443", ".operate.so:443"})
    EXPECT_TRUE(bypasses_proxy(list, server)) << list;
  for (const char* list :
       {"", ",", " ", ".", "perate.so", "i.operate.so", "www.api.operate.so", "operate.so.uk", "*.operate.so",
        "api.operate.so:80", "operate", "[", "[]", ":443", "/0"})
    EXPECT_FALSE(bypasses_proxy(list, server)) << list;
  EXPECT_TRUE(bypasses_proxy("operate.so", {"api.operate.so.", 443}));
}

TEST(ProxyTest, BypassesAddressesAndNetworks) {
  const Authority server{"10.1.2.3", 80};
  for (const char* list :
       {"10.1.2.3", "10.1.2.3:80", "10.0.0.0/8", "10.1.2.3/32", "10.1.3.0/23", "0.0.0.0/0"})
    EXPECT_TRUE(bypasses_proxy(list, server)) << list;
  for (const char* list :
       {"10.1.2.30", "2.3", ".3", "10.1.2.3:443", "10.1.2.2/32", "11.0.0.0/8", "10.0.0.0/33", "10.0.0.0/",
        "10.0.0/8", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8x"})
    EXPECT_FALSE(bypasses_proxy(list, server)) << list;
  const Authority ipv6{"[fd00::1]", 8080};
  for (const char* list : {"fd00::1", "[fd00::1]", "[FD00::1]:8080"})
    EXPECT_TRUE(bypasses_proxy(list, ipv6)) << list;
  for (const char* list : {"fd00::", "::1", "[fd00::1]:80"}) EXPECT_FALSE(bypasses_proxy(list, ipv6)) << list;
}

}  // namespace
