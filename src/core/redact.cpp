#include "core/redact.hpp"

#include "core/path.hpp"

#include <operate/transport.hpp>

#include <algorithm>
#include <cstddef>

namespace operate::core {

namespace {

constexpr std::size_t part_size = 8;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Whether the text ends in a part of a word, which the last digit of a `%2F` is not.
bool ends_in_word(std::string_view text) {
  return !text.empty() && is_word_character(text.back()) && (text.size() < 3 || text[text.size() - 3] != '%');
}

// The text without the key as it stands.
std::string redact_plain(std::string_view text, std::string_view key, std::string_view mask) {
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
    if (longest < part_size && (ends_in_word(text.substr(0, at)) ||
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

// `%2f` as `%2F`.
std::string with_large_escapes(std::string text) {
  for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 1))
    for (std::size_t digit = at + 1; digit <= at + 2 && digit < text.size(); ++digit)
      if (text[digit] >= 'a' && text[digit] <= 'f') text[digit] = static_cast<char>(text[digit] - 'a' + 'A');
  return text;
}

}  // namespace

std::string redact(std::string_view text, std::string_view key, std::string_view mask) {
  std::string result = redact_plain(text, key, mask);
  if (result.find('%') == std::string::npos) return result;
  // As it stands in a URL, should it have characters that are escaped there.
  std::string encoded;
  append_encoded(encoded, key);
  if (encoded == key) return result;
  const std::string same = with_large_escapes(result);
  const std::string redacted = redact_plain(same, encoded, mask);
  return redacted == same ? result : redacted;
}

}  // namespace operate::core

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

std::string TransportRequest::redact(std::string_view text) const { return core::redact(text, api_key); }

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
