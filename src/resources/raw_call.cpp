#include <operate/detail/raw_call.hpp>

#include "client/client_state.hpp"
#include "core/answer.hpp"
#include "core/refuse.hpp"
#include "resources/list_call.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
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

Request post_request(const RawPost& post) {
  Request request;
  request.method = "POST";
  request.path = post.path;
  request.body = post.body;
  return request;
}

// Whether some text of the value, decoded, has this in it.
bool has_text(const nlohmann::json& value, const std::string& text) {
  if (value.is_string()) return value.get_ref<const std::string&>().find(text) != std::string::npos;
  return value.is_structured() && std::any_of(value.begin(), value.end(), [&](const nlohmann::json& member) {
           return has_text(member, text);
         });
}

}  // namespace

std::shared_ptr<void> raw_list(const Client& client, const RawList& list,
                               const RequestOptions& request_options, const RawRead& read) {
  return ClientAccess::state(client).call(
      resources::list_request(list.path, list.options), request_options, true,
      [&](core::Exchange&& exchange) { return read(read_items(std::move(exchange), list.list_key)); });
}

AsyncHandle raw_list_async(const Client& client, const RawList& list, const RequestOptions& request_options,
                           RawRead read) {
  return ClientAccess::state(client).call_async(
      [&] { return resources::list_request(list.path, list.options); }, request_options, true,
      [key = list.list_key, read = std::move(read)](core::Exchange&& exchange) {
        return read(read_items(std::move(exchange), key));
      });
}

std::shared_ptr<void> raw_post(const Client& client, const RawPost& post,
                               const RequestOptions& request_options, const RawRead& read) {
  return ClientAccess::state(client).call(
      post_request(post), request_options, false,
      [&](core::Exchange&& exchange) { return read(read_item(std::move(exchange), post.key)); });
}

AsyncHandle raw_post_async(const Client& client, RawPost post, const std::function<std::string()>& body,
                           const RequestOptions& request_options, RawRead read) {
  const auto make = [&] {
    post.body = body();
    return post_request(post);
  };
  return ClientAccess::state(client).call_async(
      make, request_options, false, [key = post.key, read = std::move(read)](core::Exchange&& exchange) {
        return read(read_item(std::move(exchange), key));
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

bool quotes_nothing_of(const JsonText& item, const std::string& words) {
  // What a from_json parses for itself, a member that is JSON in a string, is quoted by its beginning.
  if (words.find("parse_error") != std::string::npos) return false;
  const std::size_t begin = words.find('\''), end = words.rfind('\'');
  if (begin == end) return true;
  const std::string quoted = words.substr(begin + 1, end - begin - 1);
  return item.text().find(quoted) == std::string::npos &&
         !has_text(nlohmann::json::parse(item.text(), nullptr, false), quoted);
}

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
