#pragma once

#include <operate/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// The value of a hexadecimal digit; -1 for anything else.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = static_cast<char>(c | 0x20);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// The byte that the three characters from `at` stand for; -1 where they are no percent-encoding.
constexpr int encoded_byte(std::string_view text, std::size_t at) {
  const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
  const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
  return low >= 0 ? high * 16 + low : -1;
}

/// Decodes each `%` with two hexadecimal digits behind it, once; any other stays.
inline std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = encoded_byte(text, i);
    result += byte >= 0 ? static_cast<char>(byte) : text[i];
    if (byte >= 0) i += 2;
  }
  return result;
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
