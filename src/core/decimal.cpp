#include "core/decimal.hpp"

#include <charconv>
#include <cstddef>

namespace operate::core {

std::optional<std::int64_t> parse_decimal(std::string_view text, std::int64_t unit) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string_view fraction = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  constexpr std::string_view digits = "0123456789";
  if (whole.empty() || whole.find_first_not_of(digits) != std::string_view::npos ||
      (dot != std::string_view::npos && fraction.empty()) ||
      fraction.find_first_not_of(digits) != std::string_view::npos)
    return std::nullopt;
  std::int64_t value = 999'999'999'999'999;
  if (whole.size() <= 15) std::from_chars(whole.data(), whole.data() + whole.size(), value);
  value *= unit;
  for (std::int64_t place = unit / 10; place > 0 && !fraction.empty(); place /= 10) {
    value += place * (fraction.front() - '0');
    fraction.remove_prefix(1);
  }
  return value;
}

}  // namespace operate::core
