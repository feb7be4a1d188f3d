#include "core/on_one_line.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace operate::core {

namespace {

// How many bytes the character takes, if it is one of those; otherwise 0.
std::size_t size_of_control(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f) return 2;  // U+0080 to U+009F
  if (byte(0) != 0xe2) return 0;
  const bool breaks_or_embeds = byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae;  // U+2028 to U+202E
  const bool isolates = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;          // U+2066 to U+2069
  return breaks_or_embeds || isolates ? 3 : 0;
}

}  // namespace

std::string on_one_line(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = size_of_control(std::string_view(text).substr(at));
    std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), size, ' ');
    at += std::max<std::size_t>(size, 1);
  }
  return text;
}

std::string it_says(std::string_view words) {
  constexpr std::size_t most_shown = 500;
  if (words.empty()) return {};
  std::string text = " It says: " + on_one_line(std::string(words.substr(0, most_shown)));
  if (std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

}  // namespace operate::core
