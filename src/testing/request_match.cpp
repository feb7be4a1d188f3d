#include "testing/request_match.hpp"

#include "core/headers.hpp"
#include "testing/percent_encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

constexpr std::size_t shown_text = 300;
// What of a text is looked through for keys, of which no more than shown_text is shown.
constexpr std::size_t redacted_text = 2'000;
constexpr char hexadecimal[] = "0123456789ABCDEF";

void append_encoded(std::string& to, char c) {
  const auto byte = static_cast<unsigned char>(c);
  to += {'%', hexadecimal[byte >> 4], hexadecimal[byte & 15]};
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

// One spelling for all that RFC 3986 says are the same: percent-encoding only where it makes a difference.
std::string normal_path(std::string_view path) {
  std::string result;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int byte = encoded_byte(path, i);
    const char c = byte >= 0 ? static_cast<char>(byte) : path[i];
    if (byte >= 0) i += 2;
    const bool stands_for_itself =
        byte < 0 && std::string_view("/:@!$&'()*+,;=").find(c) != std::string_view::npos;
    if (is_unreserved(c) || stands_for_itself)
      result += c;
    else
      append_encoded(result, c);
  }
  return result;
}

std::vector<QueryParameter> parameters_of(std::string_view query) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = std::min(one.size(), one.find('='));
    parameters.push_back({percent_decoded(one.substr(0, equals)),
                          percent_decoded(one.substr(std::min(one.size(), equals + 1)))});
  }
  return parameters;
}

// The code point that the text begins with, and how many bytes it has: none where they are no UTF-8.
std::pair<std::uint32_t, std::size_t> first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {lead, 0};
  std::uint32_t point = lead & (0x7fu >> size);
  for (const char c : text.substr(1, size - 1)) {
    if ((static_cast<unsigned char>(c) & 0xc0u) != 0x80u) return {lead, 0};
    point = point << 6 | (static_cast<unsigned char>(c) & 0x3fu);
  }
  const bool is_none = (size == 3 && point < 0x800) || (point >= 0xd800 && point < 0xe000) ||
                       (size == 4 && (point < 0x10000 || point > 0x10ffff));
  return {point, is_none ? 0 : size};
}

// What moves a terminal's cursor, begins a line or turns the direction of writing.
bool is_control(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x200e || point == 0x200f ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

// In one line, and so that different bytes look different.
std::string escaped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto [point, size] = first_of(text);
    const std::size_t as_letter = std::string_view("\\\n\r\t").find(text.front());
    if (as_letter != std::string_view::npos) {
      result += {'\\', "\\nrt"[as_letter]};
    } else if (size == 0) {
      result += {'\\', 'x', hexadecimal[point >> 4], hexadecimal[point & 15]};
    } else if (is_control(point)) {
      result += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) result += hexadecimal[point >> shift & 15];
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return result;
}

// No more than is shown, and no half of a character.
std::string_view beginning_of(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0u) == 0x80u) --size;
  return text.substr(0, size);
}

std::string line(const std::string& what, const std::string& expected, const std::string& came) {
  return "  " + what + ": expected " + expected + ", came " + came + "\n";
}

template <class T>
std::string line_of_any(const T& request, const Keys& keys) {
  std::string text = (request.method.empty() ? "any method" : escaped(keys.redact(request.method))) + " " +
                     (request.path.empty() ? "any path" : escaped(keys.redact_path(request.path)));
  char before = '?';
  for (const auto& [name, value] : request.query)
    text += std::exchange(before, '&') + escaped(keys.redact(name)) + "=" + escaped(keys.redact(value));
  return text;
}

// JSON with all of its members, those of the same name as well, and with its numbers as they are written.
struct Value {
  enum class Kind { literal, number, string, array, object };
  Kind kind = Kind::literal;
  std::string text = {};  // A string's is decoded.
  std::vector<std::string> names = {};
  std::vector<Value> values = {};
};

class ValueReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add({Value::Kind::literal, "null"}); }
  bool boolean(bool value) override { return add({Value::Kind::literal, value ? "true" : "false"}); }
  bool number_integer(number_integer_t value) override {
    return add({Value::Kind::number, std::to_string(value)});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add({Value::Kind::number, std::to_string(value)});
  }
  bool number_float(number_float_t, const string_t& text) override {
    return add({Value::Kind::number, text});
  }
  bool string(string_t& text) override { return add({Value::Kind::string, text}); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::Kind::object); }
  bool key(string_t& name) override {
    open_.back().names.push_back(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value::Kind::array); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

  Value& whole() { return whole_; }

 private:
  bool add(Value value) {
    (open_.empty() ? whole_ : open_.back().values.emplace_back()) = std::move(value);
    return true;
  }
  // As deep as the kit reads JSON elsewhere.
  bool open(Value::Kind kind) {
    open_.push_back({kind});
    return open_.size() <= 1'000;
  }
  bool close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    return add(std::move(value));
  }

  Value whole_;
  std::vector<Value> open_;
};

std::optional<Value> value_of(std::string_view text) {
  ValueReader reader;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) return std::nullopt;
  return std::move(reader.whole());
}

// The digits without zeros at their ends, and where the point stands: 1, 1.0 and 10e-1 are the same, but two
// numbers that a double does not tell apart are not.
std::string number_of(const std::string& text) {
  const std::size_t mark = std::min(text.size(), text.find_first_of("eE"));
  std::int64_t exponent = 0;
  if (mark < text.size()) {
    const char* begin = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
    const auto [end, problem] = std::from_chars(begin, text.data() + text.size(), exponent);
    if (problem != std::errc() || exponent > 1'000'000'000 || exponent < -1'000'000'000) return text;
  }
  std::string digits;
  bool is_fraction = false;
  for (const char c : text.substr(0, mark)) {
    if (c == '.') is_fraction = true;
    if (c < '0' || c > '9') continue;
    if (is_fraction) --exponent;
    if (c != '0' || !digits.empty()) digits += c;
  }
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return "0";
  return (text.front() == '-' ? "-" : "") + digits + "e" + std::to_string(exponent);
}

// Compares two bodies and tells where they differ.
class BodyDifferences {
 public:
  explicit BodyDifferences(const Keys& keys) : keys_(keys) {}

  std::string of(const Value& expected, const Value& came, const std::string& place) const {
    if (expected.kind != came.kind || !is_container(expected))
      return same_leaf(expected, came) ? std::string() : line(what(place), shown(expected), shown(came));
    std::string text, unexpected;
    const Members wanted = members_of(expected), got = members_of(came);
    for (const auto& [name, value] : wanted) {
      const auto found = got.find(name);
      text += found == got.end() ? line(what(place + place_of(expected, name)), shown(*value), "none")
                                 : of(*value, *found->second, place + place_of(expected, name));
    }
    for (const auto& [name, value] : got)
      if (wanted.find(name) == wanted.end())
        unexpected += line(what(place + place_of(expected, name)), "none", shown(*value));
    return text + unexpected;
  }

 private:
  // By name, and by how many of that name or, in an array, of all there are before it.
  using Name = std::pair<std::string_view, std::size_t>;
  using Members = std::map<Name, const Value*>;

  static std::string what(const std::string& place) { return place.empty() ? "body" : "body " + place; }

  static bool is_container(const Value& value) {
    return value.kind == Value::Kind::array || value.kind == Value::Kind::object;
  }

  static bool same_leaf(const Value& a, const Value& b) {
    if (a.kind != b.kind) return false;
    return a.kind == Value::Kind::number ? number_of(a.text) == number_of(b.text) : a.text == b.text;
  }

  static Members members_of(const Value& value) {
    Members members;
    std::map<std::string_view, std::size_t> count;
    for (std::size_t i = 0; i < value.values.size(); ++i) {
      const std::string_view name = value.names.empty() ? std::string_view() : value.names[i];
      members.emplace(Name(name, count[name]++), &value.values[i]);
    }
    return members;
  }

  // As in a JSON pointer.
  std::string place_of(const Value& parent, const Name& name) const {
    if (parent.kind == Value::Kind::array) return "/" + std::to_string(name.second);
    std::string place = "/";
    for (const char c : escaped(keys_.redact(name.first)))
      place += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return name.second == 0 ? place : place + " (again)";
  }

  std::string shown(const Value& value) const {
    if (value.kind == Value::Kind::string) return in_quotes(value.text, keys_);
    std::string text;
    append(text, value);
    if (text.size() <= shown_text) return text;
    return std::string(beginning_of(text, shown_text)) + "...";
  }

  void append(std::string& to, const Value& value) const {
    if (value.kind == Value::Kind::string) {
      to += in_quotes(value.text, keys_);
    } else if (!is_container(value)) {
      to += keys_.redact(value.text);
    } else {
      const bool is_array = value.kind == Value::Kind::array;
      to += is_array ? '[' : '{';
      for (std::size_t i = 0; i < value.values.size() && to.size() <= shown_text; ++i) {
        if (i > 0) to += ',';
        if (!is_array) to += in_quotes(value.names[i], keys_) + ":";
        append(to, value.values[i]);
      }
      to += is_array ? ']' : '}';
    }
  }

  const Keys& keys_;
};

std::string body_differences(const std::string& expected, const std::string& came, const Keys& keys) {
  const std::optional<Value> wanted = value_of(expected), got = value_of(came);
  if (wanted && got) return BodyDifferences(keys).of(*wanted, *got, "");
  return expected == came ? std::string() : line("body", in_quotes(expected, keys), in_quotes(came, keys));
}

// What is expected is taken away, so that a parameter that is expected twice has to come twice.
std::string query_differences(const std::vector<QueryParameter>& expected, std::vector<QueryParameter> came,
                              bool no_others, const Keys& keys) {
  const auto what = [&](const std::string& name) { return "query " + escaped(keys.redact(name)); };
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
    text += line(what(name), in_quotes(value, keys),
                 other == came.end() ? "none" : in_quotes(other->value, keys));
    if (other != came.end()) came.erase(other);
  }
  if (no_others)
    for (const auto& [name, value] : came) text += line(what(name), "none", in_quotes(value, keys));
  return text;
}

std::string header_differences(const std::vector<Header>& expected, const std::vector<Header>& came,
                               const Keys& keys) {
  std::string text;
  for (const auto& [name, value] : expected) {
    bool is_there = false;
    std::string others;
    for (const Header& one : came) {
      if (!core::same_name(one.name, name)) continue;
      is_there = is_there || one.value == value;
      others += (others.empty() ? "" : " and ") + in_quotes(one.value, keys);
    }
    if (!is_there)
      text += line("header " + escaped(keys.redact(name)), in_quotes(value, keys),
                   others.empty() ? "none" : others);
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

void Keys::add(const TransportRequest& request) {
  if (!request.api_key.empty() && std::find(keys_.begin(), keys_.end(), request.api_key) == keys_.end())
    keys_.emplace_back(request.api_key);
}

std::string Keys::redact(std::string_view text) const {
  std::string result(text);
  TransportRequest request;
  for (const std::string& key : keys_) {
    request.api_key = key;
    result = request.redact(result);
  }
  return result;
}

std::string Keys::redact_path(std::string_view path) const {
  const std::string text = percent_decoded(path), without = redact(text);
  std::string as_it_stands = redact(path);
  if (without == text || percent_decoded(as_it_stands) == without) return as_it_stands;
  std::string result;
  for (const char c : without) {
    if (c == '%' || c < ' ' || c > '~')
      append_encoded(result, c);
    else
      result += c;
  }
  return result;
}

ReceivedRequest received_with_url_path(const TransportRequest& request) {
  const std::string_view url = request.url;
  const std::size_t path = std::min(url.size(), url.find('/', url.find("://") + 3));
  const std::size_t query = std::min(url.size(), url.find('?', path));
  return {request.method, std::string(url.substr(path, query - path)),
          parameters_of(url.substr(std::min(url.size(), query + 1))), request.headers,
          std::string(request.body)};
}

ReceivedRequest received(const TransportRequest& request) {
  ReceivedRequest result = received_with_url_path(request);
  result.path = percent_decoded(result.path);
  return result;
}

ReceivedRequest redacted(const ReceivedRequest& request, const Keys& keys) {
  ReceivedRequest result{request.method, keys.redact_path(request.path), {}, {}, keys.redact(request.body)};
  for (const auto& [name, value] : request.query)
    result.query.push_back({keys.redact(name), keys.redact(value)});
  for (const auto& [name, value] : request.headers)
    result.headers.push_back({keys.redact(name), keys.redact(value)});
  return result;
}

std::string line_of(const ReceivedRequest& request, const Keys& keys) { return line_of_any(request, keys); }
std::string line_of(const ExpectedRequest& request, const Keys& keys) { return line_of_any(request, keys); }

std::string in_quotes(std::string_view text, const Keys& keys) {
  const std::string without = keys.redact(text.substr(0, redacted_text));
  const std::string_view beginning = beginning_of(without, shown_text);
  std::string result = "\"";
  for (const char c : escaped(beginning)) result += c == '"' ? "\\\"" : std::string(1, c);
  result += '"';
  return beginning.size() < without.size() || text.size() > redacted_text ? result + "..." : result;
}

bool is_comparable_json(std::string_view text) { return value_of(text).has_value(); }

std::string differences(const ExpectedRequest& expected, const ReceivedRequest& came, Match match,
                        const Keys& keys) {
  std::string text;
  if (!expected.method.empty() && expected.method != came.method)
    text += line("method", escaped(keys.redact(expected.method)), escaped(keys.redact(came.method)));
  const bool is_same_path = match == Match::exact ? normal_path(expected.path) == normal_path(came.path)
                                                  : expected.path.empty() || expected.path == came.path;
  if (!is_same_path)
    text += line("path", escaped(keys.redact_path(expected.path)), escaped(keys.redact_path(came.path)));
  text += query_differences(expected.query, came.query, match == Match::exact, keys);
  text += header_differences(expected.headers, came.headers, keys);
  if (match == Match::exact || !expected.json_body.empty())
    text += body_differences(expected.json_body, came.body, keys);
  return text;
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
