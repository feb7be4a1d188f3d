#include "core/validation.hpp"

#include "support/thrown.hpp"

#include <operate/error.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace {

using operate::core::validate;
using operate::test::thrown;

template <class T>
std::string refused(const T& argument) {
  const auto error = thrown<operate::ValidationError>([&] { validate(argument); });
  if (!error) return "";
  EXPECT_EQ(std::string(error->what()).rfind(error->field(), 0), 0u) << error->what();
  return error->field();
}

operate::NewPerson ada() {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada Lovelace";
  return person;
}

std::string refused_person(const std::function<void(operate::NewPerson&)>& change) {
  operate::NewPerson person = ada();
  change(person);
  return refused(person);
}

TEST(ValidationTest, ListsTakeOneToAHundred) {
  for (int limit : {1, 100}) EXPECT_NO_THROW(validate(operate::ListOptions{limit, 0}));
  for (int limit : {0, 101, -1}) EXPECT_EQ(refused(operate::ListOptions{limit, 0}), "limit");
  EXPECT_EQ(refused(operate::ListOptions{50, -1}), "offset");
}

TEST(ValidationTest, APersonNeedsAnAddressAndAName) {
  EXPECT_NO_THROW(validate(ada()));
  EXPECT_EQ(refused_person([](auto& p) { p.emails = {}; }), "emails");
  EXPECT_EQ(refused_person([](auto& p) { p.full_name = ""; }), "full_name");
  EXPECT_EQ(refused_person([](auto& p) { p.full_name = "\xff"; }), "full_name");
  for (const char* bad : {"", "ada", "@example.com", "ada@", "a@b@c.example", "ada @example.com",
                          "ada@example..com", "ada@.example", "ada@example.", "Ada <ada@example.com>",
                          "a@x.example,b@x.example", "ada@example.com\r\n", "\xff@example.com"})
    EXPECT_EQ(refused_person([&](auto& p) { p.emails.emplace_back(bad); }), "emails[1]") << bad;
  for (const char* good : {"a@b", "a+tag@sub.example.com", "jos\xc3\xa9@example.com", "o'hara@example.com"}) {
    auto person = ada();
    person.emails = {good};
    EXPECT_NO_THROW(validate(person)) << good;
  }
}

TEST(ValidationTest, ACueHas280CodePoints) {
  auto person = ada();
  person.cue = "";
  for (int i = 0; i < 280; ++i) *person.cue += "\xf0\x9f\x99\x82";
  EXPECT_NO_THROW(validate(person));
  *person.cue += "x";
  EXPECT_EQ(refused(person), "cue");
}

TEST(ValidationTest, OptionalTextIsUtf8AndACompanyIdIsAUuid) {
  EXPECT_EQ(refused_person([](auto& p) { p.timezone = "\xc0"; }), "timezone");
  EXPECT_EQ(refused_person([](auto& p) { p.location = "\xc0"; }), "location");
  EXPECT_EQ(refused_person([](auto& p) { p.cue = "\xc0"; }), "cue");
  EXPECT_EQ(refused_person([](auto& p) { p.titles = {{"\xc0", {}, {}}}; }), "titles[0].title");
  for (const char* bad :
       {"", "1", "c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a1", "c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11 ",
        "c9a0dcbc06a4d-4d0e-9d4f-9f5b7d3f1a11", "g9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11"})
    EXPECT_EQ(refused_person([&](auto& p) {
                p.titles = {{"CTO", {}, {}}, {"CTO", bad, {}}};
              }),
              "titles[1].company_id");
  auto person = ada();
  person.titles = {{"CTO", "C9A0DCBC-6a4d-4d0e-9d4f-9f5b7d3f1a11", 0}};
  EXPECT_NO_THROW(validate(person));
}

TEST(ValidationTest, ExtraIsAnObjectWithoutTheKnownMembers) {
  for (const char* bad : {"[]", "1", "{", "{} {}", R"({"email":"x@y.example"})", R"({"a":1,"titles":[]})"})
    EXPECT_EQ(refused_person([&](auto& p) { p.extra = operate::JsonText(bad); }), "extra") << bad;
  auto person = ada();
  person.extra = operate::JsonText(R"({"nickname":"Ada"})");
  EXPECT_NO_THROW(validate(person));
}

TEST(ValidationTest, NoPersonalDataIsInAMessage) {
  auto person = ada();
  person.emails = {"Ada Secretname <secret.address@example.com>"};
  const auto error = thrown<operate::ValidationError>([&] { validate(person); });
  ASSERT_TRUE(error);
  EXPECT_EQ(std::string(error->what()).find("ecret"), std::string::npos) << error->what();
}

TEST(ValidationTest, MethodsAndPathsOfACall) {
  EXPECT_NO_THROW(validate(operate::Request{"GET", "/x", {}, ""}));
  for (const char* method : {"", "get", "GET ", "G\r\n", "CONNECT", "TRACE"})
    EXPECT_EQ(refused(operate::Request{method, "/x", {}, ""}), "method") << method;
  EXPECT_EQ(refused(operate::Request{"GET", "//x", {}, ""}), "path");
  EXPECT_EQ(refused(operate::Request{"HEAD", "/x", {}, "body"}), "body");
}

TEST(ValidationTest, HeadersThatEndEarlyOrBelongToTheTransportAreRefused) {
  const auto with = [](std::string name, std::string value) {
    operate::RequestOptions options;
    options.headers = {{std::move(name), std::move(value)}};
    return options;
  };
  EXPECT_NO_THROW(validate(with("x-trace", "a b\tc \xc3\xa9")));
  EXPECT_NO_THROW(validate(with("x-empty", "")));
  for (const std::string& name : {std::string(""), std::string("a b"), std::string("a:b"),
                                  std::string("a\r\nb"), std::string("a\0", 2), std::string("caf\xc3\xa9")})
    EXPECT_EQ(refused(with(name, "x")), "headers[0].name") << name;
  for (const std::string& value : {std::string("a\r\nb: c"), std::string("a\nb"), std::string("a\rb"),
                                   std::string("\0", 1), std::string("\x7f")})
    EXPECT_EQ(refused(with("x-trace", value)), "headers[0].value");
  for (const char* name : {"X-API-Key", "Host", "content-length", "Transfer-Encoding", "Connection", "Expect",
                           "Accept-Encoding", "proxy-authorization"})
    EXPECT_EQ(refused(with(name, "x")), "headers[0]") << name;
}

TEST(ValidationTest, LimitsOfACall) {
  using std::chrono::milliseconds;
  operate::RequestOptions options;
  options.timeout = milliseconds(0);
  EXPECT_EQ(refused(options), "timeout");
  options = {};
  options.deadline = milliseconds(-1);
  EXPECT_EQ(refused(options), "deadline");
  for (int retries : {-1, 101}) {
    options = {};
    options.max_retries = retries;
    EXPECT_EQ(refused(options), "max_retries");
  }
}

TEST(ValidationTest, RequestsHaveALimitOfSize) {
  const std::string huge(70'000, 'a');
  EXPECT_EQ(refused(operate::Request{"GET", "/" + huge, {}, ""}), "path");
  EXPECT_EQ(refused(operate::Request{"GET", "/", {{"a", huge}}, ""}), "query");
  operate::RequestOptions options;
  options.headers = {{"a", huge}};
  EXPECT_EQ(refused(options), "headers");
  options.headers.clear();
  options.query = {{huge, ""}};
  EXPECT_EQ(refused(options), "query");
}

}  // namespace
