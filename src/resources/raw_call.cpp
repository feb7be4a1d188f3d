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

}  // namespace

RawAnswer raw_list(const Client& client, const std::string& path, const std::string& list_key,
                   const ListOptions& options, const RequestOptions& request_options) {
  const auto exchange = std::make_shared<const core::Exchange>(
      resources::call_list(ClientAccess::state(client), path, options, request_options, true));
  const json::Document document = core::read_document(*exchange);
  const core::ListAnswer list = core::read_list(*exchange, document, list_key);

  RawAnswer answer;
  answer.origin.exchange = exchange;
  answer.pagination = list.pagination;
  for (const json::Value& item : list.items) {
    resources::add_to_fingerprint(answer.fingerprint, item.text());
    answer.items.push_back(text_of(item));
  }
  return answer;
}

RawAnswer raw_post(const Client& client, const std::string& path, const std::string& key, std::string body,
                   const RequestOptions& request_options) {
  Request request;
  request.method = "POST";
  request.path = path;
  request.body = std::move(body);
  const auto exchange = std::make_shared<const core::Exchange>(
      ClientAccess::state(client).execute(request, request_options, false));
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
