#include <operate/detail/raw_call.hpp>

#include "client/client_state.hpp"
#include "core/answer.hpp"
#include "core/refuse.hpp"
#include "resources/list_call.hpp"

#include <utility>

namespace operate {
inline namespace v0 {
namespace detail {

namespace {

JsonText text_of(const json::Value& value) { return JsonText(std::string(value.text())); }

RawAnswer read_items(core::Exchange&& done, const std::string& list_key) {
  const auto exchange = std::make_shared<const core::Exchange>(std::move(done));
  const json::Document document = core::read_document(*exchange);
  const core::ListAnswer list = core::read_list(*exchange, document, list_key);

  RawAnswer answer;
  answer.origin.exchange = exchange;
  answer.pagination = list.pagination;
  answer.transfer = exchange->answer.transfer;
  for (const json::Value& item : list.items) {
    resources::add_item(answer.content, item);
    answer.items.push_back(text_of(item));
  }
  return answer;
}

RawAnswer read_item(core::Exchange&& done, const std::string& key) {
  const auto exchange = std::make_shared<const core::Exchange>(std::move(done));
  const json::Document document = core::read_document(*exchange);
  json::Value value = core::read_data(*exchange, document);
  if (!key.empty()) value = value[key];

  RawAnswer answer;
  answer.origin.exchange = exchange;
  answer.items.push_back(text_of(value));
  if (answer.items.front().empty())
    core::raise_undecodable(*exchange,
                            "has no object or array `data" + (key.empty() ? "" : "." + key) + "`.");
  return answer;
}

}  // namespace

RawAnswer raw_list(const Client& client, const std::string& path, const std::string& list_key,
                   const ListOptions& options, const RequestOptions& request_options) {
  return ClientAccess::state(client).call(
      resources::list_request(path, options), request_options, true,
      [&](core::Exchange&& exchange) { return read_items(std::move(exchange), list_key); });
}

RawAnswer raw_post(const Client& client, const std::string& path, const std::string& key, std::string body,
                   const RequestOptions& request_options) {
  Request request;
  request.method = "POST";
  request.path = path;
  request.body = std::move(body);
  return ClientAccess::state(client).call(request, request_options, false, [&](core::Exchange&& exchange) {
    return read_item(std::move(exchange), key);
  });
}

std::string checked_body(const JsonText& body) {
  const auto document = json::Document::parse(body.text());
  if (!document) core::refuse_argument("body", "is not valid JSON.");
  return body.text();
}

void refuse_body(const std::string& problem) {
  core::refuse_argument("body", "cannot be written as JSON: " + problem + ".");
}

}  // namespace detail
}  // namespace v0
}  // namespace operate
