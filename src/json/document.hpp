#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace operate::json {

/// Deeper nesting is refused, so that no text can make a reader run out of stack.
inline constexpr int max_depth = 512;

/// The text as a value; empty where it is not one whole valid JSON text in UTF-8, or nested deeper than
/// max_depth.
std::optional<nlohmann::json> parse(std::string_view text);

}  // namespace operate::json
