#include "json/document.hpp"

namespace operate::json {

std::optional<nlohmann::json> parse(std::string_view text) {
  // nlohmann takes a NUL byte for the end of the text and would not see what stands behind it.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;

  bool too_deep = false;
  // The depth that the callback gets is that of the enclosing value.
  const auto watch_depth = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth >= max_depth;
    return !too_deep;
  };
  auto value = nlohmann::json::parse(text.begin(), text.end(), watch_depth, /*allow_exceptions=*/false);
  if (too_deep || value.is_discarded()) return std::nullopt;
  return value;
}

}  // namespace operate::json
