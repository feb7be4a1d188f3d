#include "core/on_one_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using operate::core::on_one_line;

TEST(OnOneLineTest, LeavesTextAlone) {
  for (const char* text :
       {"", "a b", "J\xc3\xb6rg", "\xe2\x82\xac 5", "\xf0\x9f\x98\x80", "\xc2\xa0", "\xe2", "\xff"})
    EXPECT_EQ(on_one_line(text), text);
}

TEST(OnOneLineTest, BlanksWhatBreaksALineOrActsOnATerminal) {
  EXPECT_EQ(on_one_line(std::string("a\nb\r\0c\x1b[31m\x7f", 12)), "a b  c [31m ");
  EXPECT_EQ(on_one_line("a\xc2\x9b"
                        "31m"),
            "a  31m")
      << "CSI as one character";
  EXPECT_EQ(on_one_line("a\xc2\x85"
                        "b"),
            "a  b")
      << "NEL";
  EXPECT_EQ(on_one_line("a\xe2\x80\xa8"
                        "b"),
            "a   b")
      << "a line separator";
  EXPECT_EQ(on_one_line("a\xe2\x80\xae"
                        "b"),
            "a   b")
      << "from right to left";
  EXPECT_EQ(on_one_line("a\xe2\x81\xa6"
                        "b"),
            "a   b")
      << "an isolate";
}

}  // namespace
