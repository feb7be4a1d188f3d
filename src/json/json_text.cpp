#include <operate/json_text.hpp>

#include "json/document.hpp"

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

std::optional<std::string> JsonText::string(std::string_view member) const {
  const auto document = json::Document::parse(text_);
  if (!document) return std::nullopt;
  const auto value = document->root()[member].string();
  if (!value) return std::nullopt;
  return std::string(*value);
}

std::optional<std::int64_t> JsonText::integer(std::string_view member) const {
  const auto document = json::Document::parse(text_);
  if (!document) return std::nullopt;
  return document->root()[member].integer();
}

std::optional<bool> JsonText::boolean(std::string_view member) const {
  const auto document = json::Document::parse(text_);
  if (!document) return std::nullopt;
  return document->root()[member].boolean();
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
