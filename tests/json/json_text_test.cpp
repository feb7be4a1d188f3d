#include <operate/json_text.hpp>

#include <gtest/gtest.h>

namespace {

using operate::JsonText;

TEST(JsonTextTest, ReadsMembersOfTheirType) {
  const JsonText text(R"({"domain":"caf\u00e9.example","employees":12,"active":true})");
  EXPECT_EQ(text.string("domain"), "caf\xc3\xa9.example");
  EXPECT_EQ(text.integer("employees"), 12);
  EXPECT_EQ(text.boolean("active"), true);
}

TEST(JsonTextTest, IsEmptyForOtherTypesAndWhereThereIsNoObject) {
  const JsonText text(R"({"a":1.0,"b":1e2,"c":"1","d":null,"e":9223372036854775808,"f":{"g":1}})");
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "missing"})
    EXPECT_EQ(text.integer(name), std::nullopt) << name;
  EXPECT_EQ(text.string("a"), std::nullopt);
  EXPECT_EQ(text.boolean("c"), std::nullopt);
  EXPECT_EQ(JsonText().string("a"), std::nullopt);
  EXPECT_EQ(JsonText("[1]").integer("0"), std::nullopt);
}

TEST(JsonTextTest, TheLastOfEqualMembersCounts) { EXPECT_EQ(JsonText(R"({"a":1,"a":2})").integer("a"), 2); }

}  // namespace
