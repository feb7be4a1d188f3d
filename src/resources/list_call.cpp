#include "resources/list_call.hpp"

#include "core/validation.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace operate::resources {

namespace {

// FNV-1a, of 64 bits also where std::hash has fewer: two ids with the same hash would pass for one item.
detail::ItemKey hash(std::string_view text) {
  detail::ItemKey key = 0xcbf29ce484222325;
  for (const char c : text) key = (key ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return key;
}

// The string "7" and the number 7 are different ids.
std::optional<detail::ItemKey> key_of(const json::Value& id) {
  if (const auto text = id.string()) return hash("\"" + std::string(*text));
  if (const auto number = id.number_text()) return hash(*number);
  return std::nullopt;
}

}  // namespace

Request list_request(std::string path, const ListOptions& options) {
  core::validate(options);
  Request request;
  request.path = std::move(path);
  request.query = {{"limit", std::to_string(options.limit)}, {"offset", std::to_string(options.offset)}};
  return request;
}

void add_item(detail::PageContent& content, const json::Value& item) {
  ++content.items;
  content.fingerprint = content.fingerprint * 31 + std::hash<std::string_view>()(item.text());
  if (const auto key = key_of(item["id"])) content.keys.push_back(*key);
}

}  // namespace operate::resources
