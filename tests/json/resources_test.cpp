#include "json/resources.hpp"

#include <gtest/gtest.h>

namespace {

using operate::json::Document;

operate::Person person_of(const std::string& text) {
  const auto document = Document::parse(text);
  return operate::json::read_person(document->root(), text);
}

TEST(CompanyTest, KeepsEveryMemberAndReadsWhatItKnows) {
  const std::string text = R"({"x":[1, 2],"name":"Z\u00fcrich","id":"1"})";
  const auto document = Document::parse(text);
  const auto company = operate::json::read_company(document->root());
  ASSERT_TRUE(company);
  EXPECT_EQ(company->id, "1");
  EXPECT_EQ(company->name, "Zürich");
  EXPECT_EQ(company->raw.text(), text);
}

TEST(CompanyTest, AnOddNameIsEmptyAndAnOddIdIsNone) {
  for (const char* text : {R"({"id":"1"})", R"({"id":"1","name":null})", R"({"id":"1","name":7})"}) {
    const auto document = Document::parse(text);
    const auto company = operate::json::read_company(document->root());
    ASSERT_TRUE(company) << text;
    EXPECT_EQ(company->name, "");
  }
  for (const char* text : {R"({"name":"a"})", R"({"id":1})", R"({"id":null})"}) {
    const auto document = Document::parse(text);
    EXPECT_FALSE(operate::json::read_company(document->root())) << text;
  }
}

TEST(PersonTest, IsFoundWhereverTheAnswerHasIt) {
  const std::string person = R"({"id":"7","full_name":"Ada","email":["a@x.example","b@x.example"],"cue":"c",)"
                             R"("titles":[{"title":"CTO","order_index":0},{"order_index":4000000000},7]})";
  for (const std::string& text : {R"({"success":true,"data":{"person":)" + person + "}}",
                                  R"({"success":true,"data":)" + person + "}", person}) {
    const auto read = person_of(text);
    EXPECT_EQ(read.id, "7");
    EXPECT_EQ(read.full_name, "Ada");
    EXPECT_EQ(read.emails, (std::vector<std::string>{"a@x.example", "b@x.example"}));
    EXPECT_EQ(read.cue, "c");
    EXPECT_EQ(read.timezone, std::nullopt);
    ASSERT_EQ(read.titles.size(), 2u);
    EXPECT_EQ(read.titles[0].order_index, 0);
    EXPECT_EQ(read.titles[1].order_index, std::nullopt);
    EXPECT_EQ(read.raw.text(), person);
  }
}

TEST(PersonTest, AnyOtherShapeIsAnEmptyPersonWithTheText) {
  for (const char* text : {R"({"success":true})", "[]", "7", R"("ok")", R"({"data":[]})", "null"}) {
    const auto person = person_of(text);
    EXPECT_EQ(person.id, "") << text;
    EXPECT_EQ(person.raw.text(), text);
  }
  EXPECT_EQ(person_of(R"({"data":{"person":3,"id":"1"}})").id, "1");
  EXPECT_TRUE(person_of(R"({"id":7,"email":{"a":"b"},"titles":{"a":{}}})").emails.empty());
}

TEST(PersonTest, LeavesOutWhatIsNotSet) {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada \"L\"";
  EXPECT_EQ(operate::json::write_person(person), R"({"email":"ada@example.com","full_name":"Ada \"L\""})");
}

TEST(PersonTest, WritesEveryField) {
  operate::NewPerson person;
  person.emails = {"a@x.example", "b@x.example"};
  person.full_name = "Ada";
  person.cue = "";
  person.timezone = "UTC";
  person.location = "Seattle, WA";
  person.titles = {{"CTO", "c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11", 0}, {"", {}, {}}};
  EXPECT_EQ(operate::json::write_person(person),
            R"({"email":["a@x.example","b@x.example"],"full_name":"Ada","cue":"","timezone":"UTC",)"
            R"("location":"Seattle, WA","titles":[{"title":"CTO",)"
            R"("company_id":"c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11","order_index":0},{"title":""}]})");
}

TEST(PersonTest, ExtraMembersGoOnBehindByteForByte) {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  const std::string plain = operate::json::write_person(person);
  for (const char* empty : {"", "{}", " { \n} "}) {
    person.extra = operate::JsonText(empty);
    EXPECT_EQ(operate::json::write_person(person), plain);
  }
  person.extra = operate::JsonText(" {  \"n\" : 1.50, \"o\":{\"p\":\"}\"} }\n");
  EXPECT_EQ(operate::json::write_person(person),
            R"({"email":"ada@example.com","full_name":"Ada","n" : 1.50, "o":{"p":"}"} })");
}

}  // namespace
