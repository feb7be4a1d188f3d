#include "core/base_url.hpp"

#include "support/thrown.hpp"

#include <operate/error.hpp>

#include <gtest/gtest.h>

namespace {

using operate::core::parse_base_url;

TEST(BaseUrlTest, TakesHttpsAndHttpToThisMachine) {
  EXPECT_EQ(parse_base_url("https://api.operate.so", false).text, "https://api.operate.so");
  EXPECT_EQ(parse_base_url("HTTPS://api.operate.so:8443/crm/v1//", false).text,
            "https://api.operate.so:8443/crm/v1");
  EXPECT_FALSE(parse_base_url("https://api.operate.so", false).loopback);
  for (const char* url : {"http://localhost:80", "http://LOCALHOST", "http://127.0.0.1:8080/",
                          "http://127.255.0.9", "http://[::1]:65535", "https://localhost"})
    EXPECT_TRUE(parse_base_url(url, false).loopback) << url;
  EXPECT_EQ(parse_base_url("http://crm.internal", true).text, "http://crm.internal");
}

TEST(BaseUrlTest, RefusesEverythingElseWithoutShowingIt) {
  for (const char* url : {"",
                          "api.operate.so",
                          "ftp://a.example",
                          "file:///etc/passwd",
                          "https://",
                          "https:///x",
                          "https://user@a.example",
                          "https://user:hunter2@a.example",
                          "https://a.example?hunter2",
                          "https://a.example/x?hunter2",
                          "https://a.example/#hunter2",
                          "https://a.example:0",
                          "https://a.example:65536",
                          "https://a.example:",
                          "https://a.example:8x",
                          "https://a example",
                          "https://a.example\r\n",
                          "https://a.ex%61mple",
                          "https://[::1",
                          "https://[]",
                          "https://[::1]x",
                          "https://[g::1]",
                          "https://a.example/../x",
                          "https://a.example/ x",
                          "https://a.example\\@b.example",
                          "https://a.example/x\\y",
                          "http://a.example",
                          "http://127.0.0.1.evil.example",
                          "http://127.1",
                          "http://127.0.0.08",
                          "http://127.00.0.1",
                          "http://127.0.0.256",
                          "http://localhost.evil.example",
                          "http://0.0.0.0",
                          "http://[::]",
                          "http://169.254.169.254"}) {
    const auto error = operate::test::thrown<operate::ConfigError>([&] { parse_base_url(url, false); });
    ASSERT_TRUE(error) << url;
    EXPECT_EQ(error->setting(), "Config::base_url") << url;
    EXPECT_EQ(std::string(error->what()).find("hunter2"), std::string::npos) << error->what();
  }
}

}  // namespace
