#include "testing/cassette.hpp"

#include "core/base64.hpp"
#include "observe/replace_file.hpp"
#include "testing/request_match.hpp"
#include "testing/shallow_json.hpp"

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

using nlohmann::ordered_json;
using std::chrono::milliseconds;

// Raised where a member takes another meaning; what cannot be read is refused.
constexpr int version = 1;

// A value of the cassette and where it stands there, `exchanges[0].request` for example, for those who mend
// it by hand.
struct Place {
  const ordered_json& json;
  std::string name;

  [[noreturn]] void refuse(const std::string& reason) const { throw std::runtime_error(name + " " + reason); }

  bool has(const std::string& member) const { return json.is_object() && json.contains(member); }
  Place at(const std::string& member) const {
    if (!json.is_object()) refuse("is no object");
    const std::string its_name = (name.empty() ? "" : name + ".") + member;
    if (!json.contains(member)) throw std::runtime_error(its_name + " is missing");
    return {json.at(member), its_name};
  }
  std::vector<Place> elements() const {
    if (!json.is_array()) refuse("is no array");
    std::vector<Place> all;
    for (const auto& one : json) all.push_back({one, name + "[" + std::to_string(all.size()) + "]"});
    return all;
  }

  std::string text() const {
    if (!json.is_string()) refuse("is no string");
    return json;
  }
  bool boolean() const {
    if (!json.is_boolean()) refuse("is neither true nor false");
    return json;
  }
  std::int64_t integer(std::int64_t least, std::int64_t most) const {
    // As one without a sign, a number too large for one with a sign would pass for a negative one.
    const bool is_too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
    if (!json.is_number_integer() || is_too_large || json < least || json > most)
      refuse("is no integer from " + std::to_string(least) + " to " + std::to_string(most) + ": " +
             in_quotes(json.dump()));
    return json;
  }
};

std::string bytes_of(const Place& base64) {
  const std::string text = base64.text();
  std::string bytes(text.size() / 4 * 3 + 1, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  const std::size_t padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
  if (size >= 0 && static_cast<std::size_t>(size) >= padding)
    bytes.resize(static_cast<std::size_t>(size) - padding);
  // OpenSSL leaves blanks out and takes padding for zeros, wherever they stand.
  if (core::base64(bytes) != text) base64.refuse("is no base64");
  return bytes;
}

// As a text, so that it can be read; bytes that are no UTF-8 in base64.
void put(ordered_json& to, const std::string& member, const std::string& bytes) {
  try {
    (void)ordered_json(bytes).dump();
    to[member] = bytes;
  } catch (const ordered_json::exception&) {
    to[member + "_base64"] = core::base64(bytes);
  }
}
std::string bytes_at(const Place& from, const std::string& member) {
  if (!from.has(member + "_base64")) return from.at(member).text();
  if (from.has(member)) from.refuse("has both " + member + " and " + member + "_base64");
  return bytes_of(from.at(member + "_base64"));
}
std::string body_of(const Place& from) {
  return from.has("body") || from.has("body_base64") ? bytes_at(from, "body") : std::string();
}

template <class T>
ordered_json pairs(const std::vector<T>& all) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, value] : all) {
    ordered_json& one = list.emplace_back(ordered_json::object());
    put(one, "name", name);
    put(one, "value", value);
  }
  return list;
}
template <class T>
std::vector<T> pairs_of(const Place& from, const char* member) {
  std::vector<T> all;
  if (!from.has(member)) return all;
  for (const Place& one : from.at(member).elements())
    all.push_back({bytes_at(one, "name"), bytes_at(one, "value")});
  return all;
}

template <class E>
E enumerator(const Place& from) {
  const std::string name = from.text();
  // What is none has an empty name.
  for (int i = 0; *to_string(static_cast<E>(i)) != '\0'; ++i)
    if (name == to_string(static_cast<E>(i))) return static_cast<E>(i);
  from.refuse("is none that there is: " + in_quotes(name));
}

ordered_json written(const Recorded& exchange) {
  ordered_json json = ordered_json::object();
  auto& request = json["request"];
  put(request, "method", exchange.request.method);
  put(request, "path", exchange.request.path);
  request["query"] = pairs(exchange.request.query);
  put(request, "body", exchange.request.body);
  if (const auto* answer = std::get_if<TransportResponse>(&exchange.result)) {
    const auto received = std::chrono::duration_cast<milliseconds>(answer->received.time_since_epoch());
    json["answer"] = {
        {"status", answer->status}, {"received_ms", received.count()}, {"headers", pairs(answer->headers)}};
    put(json["answer"], "body", answer->body);
  } else {
    const auto& failure = std::get<TransportFailure>(exchange.result);
    auto& to = json["failure"];
    to["kind"] = to_string(failure.kind);
    if (failure.kind == TransportErrorKind::timeout) to["limit"] = to_string(failure.limit);
    to["request_may_have_arrived"] = failure.request_may_have_arrived;
    to["permanent"] = failure.permanent;
    put(to, "message", failure.message);
  }
  return json;
}

TransportResponse response_of(const Place& from) {
  TransportResponse response{static_cast<int>(from.at("status").integer(100, 999)),
                             pairs_of<Header>(from, "headers"), body_of(from)};
  using Times = std::chrono::system_clock::time_point;
  const auto in_ms = [](Times time) {
    return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
  };
  if (from.has("received_ms"))
    response.received +=
        milliseconds(from.at("received_ms").integer(in_ms(Times::min()), in_ms(Times::max())));
  return response;
}

TransportFailure failure_of(const Place& from) {
  TransportFailure failure;
  failure.kind = enumerator<TransportErrorKind>(from.at("kind"));
  if (from.has("limit")) failure.limit = enumerator<TimeLimit>(from.at("limit"));
  if (from.has("request_may_have_arrived"))
    failure.request_may_have_arrived = from.at("request_may_have_arrived").boolean();
  if (from.has("permanent")) failure.permanent = from.at("permanent").boolean();
  if (from.has("message") || from.has("message_base64")) failure.message = bytes_at(from, "message");
  return failure;
}

Recorded read(const Place& from) {
  Recorded exchange;
  const Place request = from.at("request");
  exchange.request.method = bytes_at(request, "method");
  exchange.request.path = bytes_at(request, "path");
  exchange.request.query = pairs_of<QueryParameter>(request, "query");
  exchange.request.body = body_of(request);
  if (from.has("answer") == from.has("failure")) from.refuse("has to have either an answer or a failure");
  if (from.has("answer"))
    exchange.result = response_of(from.at("answer"));
  else
    exchange.result = failure_of(from.at("failure"));
  return exchange;
}

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw std::runtime_error("The cassette " + path + " " + reason);
}

}  // namespace

std::vector<Recorded> read_cassette(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, std::string("cannot be read: ") + std::strerror(errno));
  try {
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto json = parse_shallow<ordered_json>(text);
    if (json.is_discarded()) throw std::runtime_error("it is no JSON, or too deep");
    if (!json.is_object()) throw std::runtime_error("it is no JSON object");
    const Place whole{json, ""};
    const Place its_version = whole.at("operate_cassette");
    if (!its_version.json.is_number_integer() || its_version.json != version)
      its_version.refuse("is " + in_quotes(its_version.json.dump()) + ", not " + std::to_string(version));
    std::vector<Recorded> exchanges;
    for (const Place& one : whole.at("exchanges").elements()) exchanges.push_back(read(one));
    return exchanges;
  } catch (const std::exception& error) {
    fail(path, std::string("is none that can be played: ") + error.what());
  }
}

void require_writable(const std::string& path) {
  const auto require = [&](bool is_good, int reason) {
    if (!is_good) throw std::system_error(reason, std::generic_category(), "cannot write " + path);
  };
  std::error_code ignored;
  require(!path.empty(), ENOENT);
  require(path.back() != '/' && !std::filesystem::is_directory(path, ignored), EISDIR);
  // As it is written later: to a new file beside it.
  std::string beside = path + ".XXXXXX";
  const int descriptor = ::mkostemp(beside.data(), O_CLOEXEC);
  require(descriptor >= 0, errno);
  ::close(descriptor);
  ::unlink(beside.c_str());
}

void write_cassette(const std::string& path, const std::vector<Recorded>& exchanges) {
  ordered_json json = {{"operate_cassette", version}, {"exchanges", ordered_json::array()}};
  for (const Recorded& one : exchanges) json["exchanges"].push_back(written(one));
  observe::replace_file(path, json.dump(2) + "\n");
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
