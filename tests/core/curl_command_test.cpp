#include "core/curl_command.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;
using operate::core::curl_command;
using operate::core::CurlSettings;

operate::TransportRequest request() {
  operate::TransportRequest request;
  request.method = "GET";
  request.url = "https://api.operate.so/companies/list?limit=50";
  request.headers = {{"Accept", "application/json"}};
  request.api_key = "sk_live_0123456789abcdef";
  return request;
}
const CurlSettings settings{10s, 2500ms, {}, {}};

bool has(const std::string& line, const std::string& part) { return line.find(part) != std::string::npos; }

TEST(CurlCommandTest, IsOneLineThatReadsTheKeyFromTheEnvironment) {
  EXPECT_EQ(curl_command(request(), settings),
            "curl -q --silent --show-error --globoff --path-as-is --compressed --tlsv1.2 --connect-timeout "
            "10.000 --max-time 2.500 "
            "--noproxy '*' --header \"x-api-key: $OPERATE_API_KEY\" --header 'Accept: application/json' "
            "'https://api.operate.so/companies/list?limit=50'");
}

TEST(CurlCommandTest, ShowsTheKeyNowhere) {
  auto echo = request();
  const std::string key(echo.api_key);
  echo.url += "&key=" + key;
  echo.headers.push_back({"x-other", key});
  const std::string body = "{\"key\":\"" + key + "\"}";
  echo.body = body;
  EXPECT_FALSE(has(curl_command(echo, settings), "0123456789"));
  CurlSettings elsewhere = settings;
  elsewhere.ca_file = "/etc/" + key + "/ca.pem";
  echo.method = key;
  EXPECT_FALSE(has(curl_command(echo, elsewhere), "0123456789"));
}

TEST(CurlCommandTest, HoldsNoCharacterThatATerminalActsOn) {
  auto typed = request();
  typed.body = "\x03\ntouch x\n\t\x1b\x7f";
  for (const char c : curl_command(typed, settings))
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
}

TEST(CurlCommandTest, NamesTheProxyWithoutItsPassword) {
  CurlSettings through = settings;
  through.proxy = operate::core::parse_proxy("http://ada:s3cret@proxy.example:3128", "Config::proxy");
  const std::string line = curl_command(request(), through);
  EXPECT_TRUE(has(line, "--proxy 'http://proxy.example:3128' --noproxy ''")) << line;
  EXPECT_TRUE(has(line, "--proxy-user \"$OPERATE_PROXY_USER\"")) << line;
  EXPECT_FALSE(has(line, "s3cret") || has(line, "ada")) << line;
}

TEST(CurlCommandTest, TakesTheCertificatesAlong) {
  EXPECT_TRUE(
      has(curl_command(request(), {10s, 30s, "/it's/here.pem", {}}), "--cacert '/it'\\''s/here.pem'"));
  CurlSettings through{10s, 30s, "/here.pem",
                       operate::core::parse_proxy("https://proxy.example", "Config::proxy")};
  EXPECT_TRUE(has(curl_command(request(), through), "--proxy-cacert '/here.pem'"));
}

}  // namespace
