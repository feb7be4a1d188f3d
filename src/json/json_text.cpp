#include <operate/json_text.hpp>

#include "json/document.hpp"

namespace operate {
inline namespace v0 {

namespace {

std::optional<nlohmann::json> member_of(const std::string& text, std::string_view name) {
  auto object = json::parse(text);
  if (!object || !object->is_object()) return std::nullopt;
  const auto found = object->find(name);
  if (found == object->end()) return std::nullopt;
  return std::move(*found);
}

}  // namespace

std::optional<std::string> JsonText::string(std::string_view member) const {
  const auto value = member_of(text_, member);
  if (!value || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::int64_t> JsonText::integer(std::string_view member) const {
  const auto value = member_of(text_, member);
  if (!value || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
    return std::nullopt;
  return value->get<std::int64_t>();
}

std::optional<bool> JsonText::boolean(std::string_view member) const {
  const auto value = member_of(text_, member);
  if (!value || !value->is_boolean()) return std::nullopt;
  return value->get<bool>();
}

}  // namespace v0
}  // namespace operate
