#pragma once

#include <operate/version.hpp>

#include <nlohmann/json.hpp>

#include <string_view>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// The text as JSON; discarded where it is none, or so deep that working with it could use up the stack.
template <class Json>
Json parse_shallow(std::string_view text) {
  constexpr int deepest = 1'000;
  bool too_deep = false;
  Json json = Json::parse(
      text,
      [&](int depth, typename Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > deepest;
        return !too_deep;
      },
      /*allow_exceptions=*/false);
  return too_deep ? Json(Json::value_t::discarded) : json;
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
