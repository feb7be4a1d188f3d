#include "core/event_message.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace operate::core {

namespace {

constexpr std::string_view removed = "[removed]";

// Headers that say how a message is to be read, cached, limited and traced. None names a person or holds a
// secret.
constexpr std::array<std::string_view, 27> shown_headers = {"accept",
                                                            "accept-encoding",
                                                            "age",
                                                            "allow",
                                                            "cache-control",
                                                            "connection",
                                                            "content-encoding",
                                                            "content-length",
                                                            "content-type",
                                                            "date",
                                                            "etag",
                                                            "expires",
                                                            "ratelimit-limit",
                                                            "ratelimit-remaining",
                                                            "ratelimit-reset",
                                                            "retry-after",
                                                            "retry-after-ms",
                                                            "server",
                                                            "traceparent",
                                                            "transfer-encoding",
                                                            "user-agent",
                                                            "vary",
                                                            "via",
                                                            "x-ratelimit-limit",
                                                            "x-ratelimit-remaining",
                                                            "x-ratelimit-reset",
                                                            "x-request-id"};
constexpr std::array<std::string_view, 2> shown_parameters = {"limit", "offset"};

bool is_shown_parameter(std::string_view name) {
  return std::find(shown_parameters.begin(), shown_parameters.end(), name) != shown_parameters.end();
}

std::vector<Header> shown(const std::vector<Header>& headers, const ApiKey& key) {
  std::vector<Header> result;
  result.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    const bool is_shown = std::any_of(shown_headers.begin(), shown_headers.end(),
                                      [&name = name](std::string_view one) { return same_name(one, name); });
    result.push_back({key.redact(name), is_shown ? key.redact(value) : std::string(removed)});
  }
  return result;
}

}  // namespace

EventMessage event_message(std::string_view base_url, const Request& request, const RequestOptions& options,
                           const WireRequest& wire, const WireAnswer* answer, const ApiKey& key,
                           bool with_bodies) {
  EventMessage message;
  message.url = key.redact(std::string(base_url) + request.path);
  for (const auto* parameters : {&request.query, &options.query})
    for (const auto& [name, value] : *parameters) {
      const bool is_shown = with_bodies || is_shown_parameter(name);
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

EventMessage without_bodies(const EventMessage& message) {
  EventMessage result;
  result.url = message.url;
  for (const auto& [name, value] : message.query)
    result.query.push_back({name, is_shown_parameter(name) ? value : std::string(removed)});
  result.request_headers = message.request_headers;
  result.response_headers = message.response_headers;
  return result;
}

}  // namespace operate::core
