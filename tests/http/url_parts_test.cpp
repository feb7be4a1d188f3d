#include "http/url_parts.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using operate::http::UrlParts;

// The URL that libcurl makes of the parts; empty where it is to be given as text.
std::string text_of(UrlParts& parts, const std::string& url) {
  CURLU* taken = parts.of(url);
  if (!taken) return {};
  char* text = nullptr;
  EXPECT_EQ(curl_url_get(taken, CURLUPART_URL, &text, 0), CURLUE_OK);
  std::string result = text;
  curl_free(text);
  return result;
}

TEST(UrlPartsTest, AreThoseOfTheUrlWhateverCameBefore) {
  const std::string urls[] = {
      "https://api.operate.so/companies/list?limit=50&offset=0",
      "https://api.operate.so/companies/list?limit=50&offset=50",
      "https://api.operate.so/v/alpha/people/create",
      "https://api.operate.so:8443/x?a=/b",
      "http://[::1]:8080/a//b/../c",
      "http://127.0.0.1/",
      "http://127.0.0.1.example/x?a?b",
      "https://api.operate.so/x?a=b+c&d",
  };
  UrlParts parts;
  for (const std::string& first : urls) {
    for (const std::string& second : urls) {
      EXPECT_EQ(text_of(parts, first), first);
      EXPECT_EQ(text_of(parts, second), second) << "behind " << first;
    }
  }
}

TEST(UrlPartsTest, ThereAreNoneWhereLibcurlWouldSpellTheUrlInAnotherWay) {
  UrlParts parts;
  for (const std::string url :
       {"https://api.operate.so/a%2Fb", "https://api.operate.so/x?q=%C3%A9", "https://api.operate.so/x?",
        "https://api.operate.so", "https://api.operate.so?q", "https://api.operate.so/x#y", "", "/x",
        "no-scheme:/x", "https:///x"}) {
    EXPECT_EQ(parts.of(url), nullptr) << url;
    EXPECT_EQ(text_of(parts, "https://api.operate.so/x?q=1"), "https://api.operate.so/x?q=1") << url;
  }
}

}  // namespace
