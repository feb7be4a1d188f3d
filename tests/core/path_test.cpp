#include "core/path.hpp"

#include <gtest/gtest.h>

namespace {

using operate::core::problem_of_path;

std::string percent_encode(std::string_view text) {
  std::string result;
  operate::core::append_encoded(result, text);
  return result;
}

TEST(PathTest, TakesWhatStaysBelowTheBaseUrl) {
  for (const char* path : {"/", "/companies/list", "/v/alpha/people/create", "/a.b/c-d_e~f", "/a%20b/%C3%A9",
                           "/a//b", "/a:b@c", "/.well-known/x"})
    EXPECT_EQ(problem_of_path(path), std::nullopt) << path;
}

TEST(PathTest, RefusesWhatLeadsElsewhere) {
  for (const std::string& path : {std::string(""),
                                  std::string("companies"),
                                  std::string("https://evil.example/x"),
                                  std::string("//evil.example"),
                                  std::string("/a/../b"),
                                  std::string("/.."),
                                  std::string("/a/%2e%2e/b"),
                                  std::string("/a/.%2E/b"),
                                  std::string("/a?b=c"),
                                  std::string("/a#b"),
                                  std::string("/a b"),
                                  std::string("/a\r\nx: y"),
                                  std::string("/a\tb"),
                                  std::string("/a\0b", 4),
                                  std::string("/a\x7f"),
                                  std::string("/caf\xc3\xa9"),
                                  std::string("/a\\b"),
                                  std::string("/a%0d%0ab"),
                                  std::string("/a%00"),
                                  std::string("/a%7f"),
                                  std::string("/a%"),
                                  std::string("/a%4"),
                                  std::string("/a%zz")})
    EXPECT_NE(problem_of_path(path), std::nullopt) << path;
}

TEST(PathTest, EncodesEverythingButUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b&c=d/e?f#g+h%"), "a%20b%26c%3Dd%2Fe%3Ff%23g%2Bh%25");
  EXPECT_EQ(percent_encode(std::string("\0\r\n\xc3\xa9", 5)), "%00%0D%0A%C3%A9");
}

}  // namespace
