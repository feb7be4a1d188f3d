#include "json/document.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace {

using operate::json::Document;
using operate::json::Kind;

TEST(DocumentTest, RefusesWhatIsNotOneWholeText) {
  EXPECT_TRUE(Document::parse(R"({"a":[1,2]})"));
  for (const std::string& bad :
       {std::string("{\"a\":"), std::string("{} x"), std::string("{}\0{", 4), std::string("\"\xff\""),
        std::string(R"("\ud800")"), std::string("<html>"), std::string(), std::string("{\"a\":tru}"),
        std::string("[1,]"), std::string("[01]")})
    EXPECT_FALSE(Document::parse(bad)) << bad;
}

TEST(DocumentTest, RefusesDeepNestingWithoutUsingTheStack) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Document::parse(nested(512)));
  EXPECT_FALSE(Document::parse(nested(513)));
  EXPECT_FALSE(Document::parse(nested(100'000)));
}

TEST(DocumentTest, KnowsTheExactBytesOfEveryObjectAndArray) {
  const std::string text =
      "\xef\xbb\xbf {\"a\" : [ {\"n\":1.50} ,{}, [ ] , 12,{\"s\":\"}]\\u0041\"}\t],\"b\":{ }}  ";
  const auto document = Document::parse(text);
  ASSERT_TRUE(document);
  const auto items = document->root()["a"].elements();
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(items[0].text(), "{\"n\":1.50}");
  EXPECT_EQ(items[1].text(), "{}");
  EXPECT_EQ(items[2].text(), "[ ]");
  EXPECT_EQ(items[3].text(), "");
  EXPECT_EQ(items[4].text(), "{\"s\":\"}]\\u0041\"}");
  EXPECT_EQ(items[4]["s"].string(), "}]A");
  EXPECT_EQ(document->root()["b"].text(), "{ }");
  EXPECT_EQ(document->root().text(), text.substr(4, text.size() - 6));
}

TEST(DocumentTest, ReadsEachKindAsItselfAlone) {
  const auto document = Document::parse(
      R"({"null":null,"yes":true,"int":-7,"big":9223372036854775807,"bigger":9223372036854775808,)"
      R"("huge":1e400,"float":1.0,"text":"\u0000é","list":[1]})");
  // A number that no double holds is no number for nlohmann.
  EXPECT_FALSE(document);
  const auto other = Document::parse(
      R"({"null":null,"yes":true,"int":-7,"big":9223372036854775807,"bigger":9223372036854775808,)"
      R"("float":1.0,"text":"\u0000é","list":[1]})");
  ASSERT_TRUE(other);
  const auto root = other->root();
  EXPECT_TRUE(root["null"].is(Kind::null));
  EXPECT_EQ(root["yes"].boolean(), true);
  EXPECT_EQ(root["int"].integer(), -7);
  EXPECT_EQ(root["big"].integer(), INT64_MAX);
  EXPECT_EQ(root["big"].number_text(), "9223372036854775807");
  EXPECT_EQ(root["bigger"].number_text(), "9223372036854775808");
  EXPECT_EQ(root["float"].number_text(), "1.0");
  EXPECT_EQ(root["text"].number_text(), std::nullopt);
  EXPECT_EQ(root["none"].number_text(), std::nullopt);
  for (const char* name : {"bigger", "float", "text", "list", "yes", "missing"})
    EXPECT_EQ(root[name].integer(), std::nullopt) << name;
  EXPECT_EQ(root["text"].string(), std::string("\0é", 3));
  EXPECT_FALSE(root["missing"]["deeper"]["still"]);
  EXPECT_EQ(root["list"]["1"].integer(), std::nullopt);
}

TEST(DocumentTest, TheLastOfEqualMembersCountsAtEveryDepth) {
  const auto document = Document::parse(R"({"a":{"x":[1,{"a":9}]},"b":1,"a":{"x":2}})");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["a"]["x"].integer(), 2);
  EXPECT_EQ(document->root().elements().size(), 3u);
}

TEST(Utf8Test, AgreesWithNlohmannOnEveryShortSequence) {
  // Every sequence of two bytes, and every lead with critical continuations.
  const auto agrees = [](const std::string& text) {
    bool other = true;
    try {
      (void)nlohmann::json(text).dump();
    } catch (const nlohmann::json::type_error&) {
      other = false;
    }
    EXPECT_EQ(operate::json::is_utf8(text), other) << testing::PrintToString(text);
  };
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; b += 5) agrees({static_cast<char>(a), static_cast<char>(b)});
  for (int a = 0xC0; a < 256; ++a)
    for (int b : {0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0})
      for (int c : {0x7F, 0x80, 0xBF, 0xC0}) {
        agrees({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)});
        agrees({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(0x80)});
      }
  EXPECT_TRUE(operate::json::is_utf8(""));
}

}  // namespace
