#include "core/path.hpp"

#include <cstddef>

namespace operate::core {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> problem_of_path(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    if (path.find("://") != std::string_view::npos)
      return "is a whole URL; give only the part behind the host";
    return "does not begin with `/`";
  }
  if (path.substr(0, 2) == "//") return "begins with `//`, which would name another host";

  char before = '\0';
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '?') return "holds `?`; query parameters have a member of their own";
    if (c == '#') return "holds `#`";
    if (c == '\\') return "holds a backslash";
    if (c <= ' ' || c > '~')
      return "holds a blank, a control character or one that is not ASCII; percent-encode it";
    if (c == '%') {
      const int high = i + 2 < path.size() ? hex_value(path[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(path[i + 2]) : -1;
      if (low < 0) return "holds a `%` that two hexadecimal digits do not follow";
      c = static_cast<char>(high * 16 + low);
      if ((c >= '\0' && c < ' ') || c == '\x7f') return "holds an encoded control character";
      i += 2;
    }
    if (c == '.' && before == '.') return "holds `..`";
    before = c;
  }
  return std::nullopt;
}

void append_encoded(std::string& to, std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~') {
      to += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      to += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
}

std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return std::nullopt;
    result.push_back(c);
  }
  return result;
}

}  // namespace operate::core
