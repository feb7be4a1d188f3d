#include "core/secret.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using operate::core::wipe;
using operate::core::WipeAtEnd;

// The memory is still the string's, so it may be looked at.
bool only_zeros(const std::string& text) {
  for (std::size_t i = 0; i < text.capacity(); ++i)
    if (text.data()[i] != '\0') return false;
  return true;
}

TEST(SecretTest, WipingOverwritesAllThatTheTextEverHeld) {
  for (const std::size_t size : {0u, 3u, 15u, 16u, 1000u}) {
    std::string text(size, 'x');
    text.resize(size / 2);  // The rest is still in memory.
    wipe(text);
    EXPECT_TRUE(text.empty());
    EXPECT_TRUE(only_zeros(text)) << size;
  }
}

TEST(SecretTest, ABlockThatIsLeftByAnExceptionWipesToo) {
  std::string text = "sk_test";
  try {
    const WipeAtEnd wipe_text(text);
    throw 7;
  } catch (int) {
  }
  EXPECT_TRUE(only_zeros(text));
}

TEST(SecretTest, HoldsABinaryText) {
  EXPECT_EQ(operate::core::Secret(std::string_view("a\0b", 3)).view(), std::string_view("a\0b", 3));
  EXPECT_EQ(operate::core::Secret("").view(), "");
}

}  // namespace
