#include "core/event_message.hpp"

#include "core/headers.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace operate::core {

namespace {

constexpr std::string_view removed = "[removed]";

constexpr std::array<std::string_view, 2> shown_parameters = {"limit", "offset"};

std::vector<Header> shown(const std::vector<Header>& headers, const ApiKey& key) {
  std::vector<Header> result;
  result.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    result.push_back({key.redact(name), is_shown_header(name) ? key.redact(value) : std::string(removed)});
  }
  return result;
}

}  // namespace

EventMessage event_message(std::string_view base_url, const Request& request, const RequestOptions& options,
                           const TransportRequest& wire, const TransportAnswer* answer, const ApiKey& key,
                           bool with_bodies) {
  EventMessage message;
  message.url = key.redact(std::string(base_url) + request.path);
  for (const auto* parameters : {&request.query, &options.query})
    for (const auto& [name, value] : *parameters) {
      const bool is_shown = with_bodies || std::find(shown_parameters.begin(), shown_parameters.end(),
                                                     name) != shown_parameters.end();
      message.query.push_back({key.redact(name), is_shown ? key.redact(value) : std::string(removed)});
    }
  message.request_headers = shown(wire.headers, key);
  message.request_headers.insert(message.request_headers.begin(), {"x-api-key", std::string(removed)});
  if (answer) message.response_headers = shown(answer->headers, key);
  if (with_bodies) {
    message.request_body = key.redact(wire.body);
    if (answer) message.response_body = key.redact(answer->body);
  }
  return message;
}

}  // namespace operate::core
