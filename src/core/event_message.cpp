#include "core/event_message.hpp"

#include "core/error_details.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace operate::core {

namespace {

constexpr std::string_view removed = "[removed]";

constexpr std::array<std::string_view, 2> shown_parameters = {"limit", "offset"};

bool is_shown_parameter(std::string_view name) {
  return std::find(shown_parameters.begin(), shown_parameters.end(), name) != shown_parameters.end();
}

std::vector<Header> shown(const std::vector<Header>& headers, const Exchange& exchange) {
  std::vector<Header> result;
  result.reserve(headers.size());
  for (const Header& header : headers)
    result.push_back({exchange.redact(header.name),
                      detail::is_shown(header) ? exchange.redact(header.value) : std::string(removed)});
  return result;
}

}  // namespace

EventMessage event_message(std::string_view base_url, const Request& request, const RequestOptions& options,
                           const TransportRequest& wire, const TransportResponse* answer,
                           const Exchange& exchange, EventDetail detail) {
  const bool with_bodies = detail == EventDetail::bodies;
  EventMessage message;
  message.url = exchange.redact(std::string(base_url) + request.path);
  for (const auto* parameters : {&request.query, &options.query})
    for (const auto& [name, value] : *parameters) {
      const bool is_shown = with_bodies || is_shown_parameter(name);
      message.query.push_back(
          {exchange.redact(name), is_shown ? exchange.redact(value) : std::string(removed)});
    }
  message.request_headers = shown(wire.headers, exchange);
  message.request_headers.insert(message.request_headers.begin(), {"x-api-key", std::string(removed)});
  if (answer) message.response_headers = shown(answer->headers, exchange);
  if (with_bodies) {
    message.request_body = exchange.redact(wire.body);
    if (answer) message.response_body = exchange.redact(answer->body);
  }
  return message;
}

EventMessage headers_only(const EventMessage& message) {
  EventMessage result;
  result.url = message.url;
  for (const auto& [name, value] : message.query)
    result.query.push_back({name, is_shown_parameter(name) ? value : std::string(removed)});
  result.request_headers = message.request_headers;
  result.response_headers = message.response_headers;
  return result;
}

}  // namespace operate::core
