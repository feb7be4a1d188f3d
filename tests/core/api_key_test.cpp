#include "core/api_key.hpp"

#include "support/thrown.hpp"

#include <operate/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using operate::core::ApiKey;

TEST(ApiKeyTest, TakesVisibleAsciiOfAnyPrefix) {
  EXPECT_EQ(ApiKey("x", "here", "a setting").value(), "x");
  EXPECT_EQ(ApiKey("sk_live_!~\"\\", "here", "a setting").value(), "sk_live_!~\"\\");
}

TEST(ApiKeyTest, RefusesWhatCannotBeSentAndDoesNotShowIt) {
  for (const std::string& bad :
       {std::string(), std::string("sk_secret\r\nHost: x"), std::string("sk_secret\n"),
        std::string("sk_sec\0ret", 10), std::string(" sk_secret"), std::string("sk secret"),
        std::string("sk_secret\t"), std::string("sk_secr\xc3\xa9t"), std::string(5000, 'k'),
        std::string("file:///sk_secret"), std::string("op://sk/secret"),
        std::string("OPERATE_API_KEY=sk_secret"), std::string("${secret}"), std::string("file:/sk/secret"),
        std::string("command:[\"secret\"]")}) {
    const auto error = operate::test::thrown<operate::ConfigError>(
        [&] { ApiKey(bad, "the place it came from", "Config::api_key"); });
    ASSERT_TRUE(error);
    const std::string what = error->what();
    EXPECT_NE(what.find("the place it came from"), std::string::npos);
    EXPECT_EQ(what.find("sk"), std::string::npos) << what;
    EXPECT_EQ(what.find("secr"), std::string::npos) << what;
  }
}

TEST(ApiKeyTest, IsTakenOutOfATextWholeAndInPart) {
  const ApiKey key("sk_live_abcdefghijklmnop", "here", "a setting");
  EXPECT_EQ(key.redact("a sk_live_abcdefghijklmnop b"), "a [api key] b");
  EXPECT_EQ(key.redact("sk_live_abcdefghijklmnopsk_live_"), "[api key][api key]");
  EXPECT_EQ(key.redact("...ghijklmnop and sk_live_ab... twice"), "...[api key] and [api key]... twice");
  EXPECT_EQ(key.redact("sk_live is seven characters"), "sk_live is seven characters");
  EXPECT_EQ(key.redact(""), "");
  EXPECT_EQ(ApiKey("short", "here", "a setting").redact("a short key, shor"), "a [api key] key, shor");
  EXPECT_EQ(ApiKey("x", "here", "a setting").redact("expired x: xx \"x\""),
            "expired [api key]: xx \"[api key]\"");
}

TEST(ApiKeyTest, IsTakenOutAsItStandsInAUrlToo) {
  const ApiKey key("Ab+Cd12/EfGh34=", "here", "a setting");
  EXPECT_EQ(key.redact("/x/Ab%2BCd12%2FEfGh34%3D/y"), "/x/[api key]/y");
  EXPECT_EQ(key.redact("/x/Ab%2bCd12%2fEfGh34%3d/y"), "/x/[api key]/y");
  EXPECT_EQ(key.redact("/%20/Cd12%2FEf"), "/%20/[api key]");
  EXPECT_EQ(key.redact("/a%2fb"), "/a%2fb") << "nothing else changes";
  EXPECT_EQ(ApiKey("secret", "here", "a setting").redact("/x%2Fsecret"), "/x%2F[api key]")
      << "the F is no letter of a word";
}

}  // namespace
