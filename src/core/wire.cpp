#include "core/wire.hpp"

#include <algorithm>
#include <string_view>

namespace operate::core {

namespace {
// Not std::tolower, whose answer depends on the host program's locale.
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers)
    if (same_name(header.name, name)) return &header.value;
  return nullptr;
}

}  // namespace operate::core
