#include "core/base64.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using operate::core::base64;

// The examples of RFC 4648, section 10.
TEST(Base64Test, PadsWhatIsNoMultipleOfThree) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64Test, TakesAnyByte) { EXPECT_EQ(base64(std::string("\0\xff\xfe\xfb\xf0", 5)), "AP/++/A="); }

}  // namespace
