#include "core/request_builder.hpp"

#include "core/headers.hpp"
#include "core/path.hpp"

namespace operate::core {

namespace {

void append_query(std::string& url, const std::vector<QueryParameter>& parameters, char& separator) {
  for (const auto& [name, value] : parameters) {
    url += separator;
    append_encoded(url, name);
    url += '=';
    append_encoded(url, value);
    separator = '&';
  }
}

}  // namespace

TransportRequest build_request(const Request& request, const RequestOptions& options, bool safe_to_repeat,
                               std::string_view base_url, const std::string& user_agent) {
  TransportRequest wire;
  wire.method = request.method;
  wire.url.reserve(base_url.size() + request.path.size() + 64);
  wire.url.append(base_url).append(request.path);
  char separator = '?';
  append_query(wire.url, request.query, separator);
  append_query(wire.url, options.query, separator);
  wire.body = request.body;
  wire.safe_to_repeat = options.safe_to_repeat.value_or(safe_to_repeat);

  wire.headers.reserve(3 + options.headers.size());
  const auto set_unless_given = [&](const char* name, const std::string& value) {
    if (!find_header(options.headers, name)) wire.headers.push_back({name, value});
  };
  set_unless_given("Accept", "application/json");
  set_unless_given("User-Agent", user_agent);
  if (!request.body.empty()) set_unless_given("Content-Type", "application/json");
  wire.headers.insert(wire.headers.end(), options.headers.begin(), options.headers.end());
  return wire;
}

bool sends_body(const TransportRequest& request) {
  const std::string& method = request.method;
  return !request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace operate::core
