#pragma once

#include <operate/json_text.hpp>
#include <operate/version.hpp>

#include <nlohmann/json.hpp>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// The text as a value of nlohmann_json, which the including program brings itself. Texts that the SDK hands
/// out are valid; for others throws nlohmann::json::parse_error. Empty text is null.
inline nlohmann::json parse(const JsonText& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json::parse(text.text());
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
