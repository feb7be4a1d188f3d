#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace operate::core {

/// `2` or `2.5` times `unit`, a power of ten; digits below one unit's parts do not count. No sign, no
/// exponent, and no locale. A whole part of more than 15 digits counts as the largest of 15.
std::optional<std::int64_t> parse_decimal(std::string_view text, std::int64_t unit);

}  // namespace operate::core
