#include "testing/request_match.hpp"

#include "core/headers.hpp"
#include "testing/shallow_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace operate {
inline namespace v0 {
namespace testing {

namespace {

using nlohmann::json;

constexpr std::size_t shown_text = 300;

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = static_cast<char>(c | 0x20);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
    if (low >= 0) i += 2;
    result += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
  }
  return result;
}

std::vector<QueryParameter> parameters_of(std::string_view query) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = std::min(one.size(), one.find('='));
    parameters.push_back(
        {decoded(one.substr(0, equals)), decoded(one.substr(std::min(one.size(), equals + 1)))});
  }
  return parameters;
}

std::string shown(std::string_view text) {
  std::string line = json(text.substr(0, shown_text)).dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > shown_text ? line + "..." : line;
}
std::string shown(const json& value) {
  std::string line = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (line.size() > shown_text) line = line.substr(0, shown_text) + "...";
  return line;
}

std::string line(const std::string& what, const std::string& expected, const std::string& came) {
  return "  " + what + ": expected " + expected + ", came " + came + "\n";
}

template <class T>
std::string line_of_any(const T& request) {
  std::string text = (request.method.empty() ? "any method" : request.method) + " " +
                     (request.path.empty() ? "any path" : request.path);
  char before = '?';
  for (const auto& [name, value] : request.query) text += std::exchange(before, '&') + name + "=" + value;
  return text;
}

// What is expected is taken away, so that a parameter that is expected twice has to come twice.
std::string query_differences(const std::vector<QueryParameter>& expected, std::vector<QueryParameter> came,
                              bool no_others) {
  std::string text;
  for (const auto& [name, value] : expected) {
    const auto fits = [&name = name, &value = value](const QueryParameter& one) {
      return one.name == name && one.value == value;
    };
    const auto same_one = std::find_if(came.begin(), came.end(), fits);
    if (same_one != came.end()) {
      came.erase(same_one);
      continue;
    }
    const auto other = std::find_if(came.begin(), came.end(),
                                    [&name = name](const QueryParameter& one) { return one.name == name; });
    text += line("query " + name, shown(std::string_view(value)),
                 other == came.end() ? "none" : shown(std::string_view(other->value)));
    if (other != came.end()) came.erase(other);
  }
  if (no_others)
    for (const auto& [name, value] : came)
      text += line("query " + name, "none", shown(std::string_view(value)));
  return text;
}

std::string body_differences(const std::string& expected, const std::string& came) {
  const json wanted = parse_shallow<json>(expected), got = parse_shallow<json>(came);
  if (wanted.is_discarded() || got.is_discarded())
    return expected == came ? std::string()
                            : line("body", shown(std::string_view(expected)), shown(std::string_view(came)));
  std::string text;
  for (const json& step : json::diff(wanted, got)) {
    const std::string path = step.at("path");
    const json::json_pointer place(path);
    const bool is_removed = step.at("op") == "remove", is_added = step.at("op") == "add";
    text += line("body" + (path.empty() ? "" : " " + path), is_added ? "none" : shown(wanted.at(place)),
                 is_removed ? "none" : shown(step.at("value")));
  }
  return text;
}

}  // namespace

std::string ReceivedRequest::header(const std::string& name) const {
  const std::string* value = core::find_header(headers, name);
  return value ? *value : std::string();
}

std::string ReceivedRequest::parameter(const std::string& name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

ReceivedRequest received(const TransportRequest& request) {
  const std::string_view url = request.url;
  const std::size_t path = std::min(url.size(), url.find('/', url.find("://") + 3));
  const std::size_t query = std::min(url.size(), url.find('?', path));
  ReceivedRequest result{request.method,
                         request.redact(decoded(url.substr(path, query - path))),
                         parameters_of(url.substr(std::min(url.size(), query + 1))),
                         {},
                         request.redact(request.body)};
  // Not before: a key that is percent-encoded is found once it is decoded.
  for (auto& [name, value] : result.query) {
    name = request.redact(name);
    value = request.redact(value);
  }
  for (const auto& [name, value] : request.headers)
    result.headers.push_back({request.redact(name), request.redact(value)});
  return result;
}

std::string line_of(const ReceivedRequest& request) { return line_of_any(request); }
std::string line_of(const ExpectedRequest& request) { return line_of_any(request); }

std::string differences(const ExpectedRequest& expected, const ReceivedRequest& came, Match match) {
  std::string text;
  if (!expected.method.empty() && expected.method != came.method)
    text += line("method", expected.method, came.method);
  if (!expected.path.empty() && expected.path != came.path) text += line("path", expected.path, came.path);
  text += query_differences(expected.query, came.query, match == Match::exact);
  for (const auto& [name, value] : expected.headers) {
    const std::string* sent = core::find_header(came.headers, name);
    if (!sent || *sent != value)
      text += line("header " + name, shown(std::string_view(value)),
                   sent ? shown(std::string_view(*sent)) : "none");
  }
  if (match == Match::exact || !expected.json_body.empty())
    text += body_differences(expected.json_body, came.body);
  return text;
}

}  // namespace testing
}  // namespace v0
}  // namespace operate
