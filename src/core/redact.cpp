#include "core/redact.hpp"

#include <operate/transport.hpp>

#include <algorithm>
#include <cstddef>

namespace operate::core {

namespace {

constexpr std::size_t part_size = 8;
constexpr std::string_view mask = "[api key]";

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string redact(std::string_view text, std::string_view key) {
  const std::size_t least = std::min(part_size, key.size());
  std::string result;
  std::size_t shown = 0;  // Everything before it is in the result.
  for (std::size_t at = 0; at + least <= text.size();) {
    // The longest part of the key that begins here.
    std::size_t longest = 0;
    for (std::size_t from = key.find(text.substr(at, least)); from != std::string::npos;
         from = key.find(text.substr(at, least), from + 1)) {
      std::size_t size = least;
      while (at + size < text.size() && from + size < key.size() && text[at + size] == key[from + size])
        ++size;
      longest = std::max(longest, size);
    }
    // A short key may be a part of any word; it is one only where it stands alone.
    if (longest < part_size && ((at > 0 && is_word_character(text[at - 1])) ||
                                (at + longest < text.size() && is_word_character(text[at + longest]))))
      longest = 0;
    if (longest == 0) {
      ++at;
      continue;
    }
    result.append(text.substr(shown, at - shown)).append(mask);
    at += longest;
    shown = at;
  }
  return result.append(text.substr(shown));
}

}  // namespace operate::core

namespace operate {
inline namespace v0 {

std::string TransportRequest::redact(std::string_view text) const { return core::redact(text, api_key); }

}  // namespace v0
}  // namespace operate
