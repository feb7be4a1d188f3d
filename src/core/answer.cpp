#include "core/answer.hpp"

#include <cstdint>
#include <optional>

namespace operate::core {

namespace {

bool is_success(int status) { return status >= 200 && status <= 299; }

// Whether `"success"` is followed by `: false` anywhere, at whatever depth: a quick look that spares the
// answers of success, which are nearly all, a second reading of their body.
bool may_say_failure(std::string_view body) {
  // Without its first quote, since a body is full of them.
  constexpr std::string_view name = "success\"", blanks = " \t\r\n", no = "false";
  for (std::size_t at = body.find(name); at != std::string_view::npos; at = body.find(name, at + 1)) {
    const std::size_t colon = body.find_first_not_of(blanks, at + name.size());
    if (at == 0 || body[at - 1] != '"' || colon == std::string_view::npos || body[colon] != ':') continue;
    const std::size_t value = body.find_first_not_of(blanks, colon + 1);
    if (value != std::string_view::npos && body.substr(value, no.size()) == no) return true;
  }
  return false;
}

}  // namespace

EnvelopeError read_envelope_error(std::string_view body) {
  const auto document = json::Document::parse(body);
  if (!document) return {};
  const json::Value error = document->root()["error"];
  return {std::string(error["type"].string().value_or("")),
          std::string(error["message"].string().value_or(""))};
}

void require_success(const Exchange& exchange) {
  if (!is_success(exchange.answer.status)) raise_status(exchange);
  if (!may_say_failure(exchange.answer.body)) return;
  const auto document = json::Document::parse(exchange.answer.body);
  if (document && document->root()["success"].boolean() == false) raise_status(exchange);
}

json::Document read_document(const Exchange& exchange) {
  if (!is_success(exchange.answer.status)) raise_status(exchange);
  auto document = json::Document::parse(exchange.answer.body);
  if (!document && exchange.answer.body.empty()) raise_undecodable(exchange, "has no body.");
  if (!document)
    raise_undecodable(exchange,
                      "is not one whole JSON text in UTF-8 whose numbers and characters can be read.");
  if (document->root()["success"].boolean() == false) raise_status(exchange);
  return std::move(*document);
}

json::Value read_data(const Exchange& exchange, const json::Document& document) {
  const json::Value root = document.root();
  if (!root.is(json::Kind::object)) raise_undecodable(exchange, "is no JSON object.");
  if (root["success"].boolean() != true) raise_undecodable(exchange, "has no `success` that is true.");
  const json::Value data = root["data"];
  if (!data) raise_undecodable(exchange, "has no `data`.");
  return data;
}

ListAnswer read_list(const Exchange& exchange, const json::Document& document, std::string_view list_key) {
  const json::Value data = read_data(exchange, document);
  const json::Value list = data[list_key];
  if (!list.is(json::Kind::array))
    raise_undecodable(exchange, "has no array `data." + std::string(list_key) + "`.");

  ListAnswer answer;
  answer.items = list.elements();
  for (const json::Value& item : answer.items)
    if (!item.is(json::Kind::object))
      raise_undecodable(exchange, "has something else than objects in `data." + std::string(list_key) + "`.");

  const auto number = [&](const char* name) {
    const auto value = data["pagination"][name].integer();
    if (!value || *value < 0)
      raise_undecodable(exchange,
                        "has no integer of 0 or more as `data.pagination." + std::string(name) + "`.");
    return *value;
  };
  answer.pagination = {number("total"), number("limit"), number("offset")};
  return answer;
}

}  // namespace operate::core
