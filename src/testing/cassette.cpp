#include "testing/cassette.hpp"

#include "core/base64.hpp"
#include "observe/replace_file.hpp"
#include "testing/shallow_json.hpp"

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace operate {
inline namespace v0 {
namespace testing {

namespace {

using nlohmann::ordered_json;

// Raised where a member takes another meaning; what cannot be read is refused.
constexpr int version = 1;

std::string bytes_of(const std::string& base64) {
  std::string bytes(base64.size() / 4 * 3 + 1, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(base64.data()), static_cast<int>(base64.size()));
  if (size < 0) throw std::runtime_error("a body_base64 is no base64");
  const std::size_t last = base64.find_last_not_of('=');
  const std::size_t padding = base64.size() - (last == std::string::npos ? 0 : last + 1);
  if (padding > 2) throw std::runtime_error("a body_base64 is no base64");
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

// A body as a text, so that it can be read; bytes that are no UTF-8 in base64.
void put_body(ordered_json& to, const std::string& body) {
  try {
    (void)ordered_json(body).dump();
    to["body"] = body;
  } catch (const ordered_json::exception&) {
    to["body_base64"] = core::base64(body);
  }
}
std::string body_of(const ordered_json& from) {
  return from.contains("body_base64") ? bytes_of(from.at("body_base64")) : from.value("body", "");
}

template <class T>
ordered_json pairs(const std::vector<T>& all) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, value] : all) list.push_back({{"name", name}, {"value", value}});
  return list;
}
template <class T>
std::vector<T> pairs_of(const ordered_json& from, const char* member) {
  std::vector<T> all;
  if (!from.contains(member)) return all;
  for (const auto& one : from.at(member)) all.push_back({one.at("name"), one.at("value")});
  return all;
}

template <class E>
E enumerator(const std::string& name) {
  // What is none has an empty name.
  for (int i = 0; *to_string(static_cast<E>(i)) != '\0'; ++i)
    if (name == to_string(static_cast<E>(i))) return static_cast<E>(i);
  throw std::runtime_error("nothing is called " + name);
}

ordered_json written(const Recorded& exchange) {
  ordered_json json = ordered_json::object();
  auto& request = json["request"];
  request = {{"method", exchange.request.method},
             {"path", exchange.request.path},
             {"query", pairs(exchange.request.query)}};
  put_body(request, exchange.request.body);
  if (const auto* answer = std::get_if<TransportResponse>(&exchange.result)) {
    using std::chrono::milliseconds;
    const auto received = std::chrono::duration_cast<milliseconds>(answer->received.time_since_epoch());
    json["answer"] = {
        {"status", answer->status}, {"received_ms", received.count()}, {"headers", pairs(answer->headers)}};
    put_body(json["answer"], answer->body);
  } else {
    const auto& failure = std::get<TransportFailure>(exchange.result);
    json["failure"] = {{"kind", to_string(failure.kind)},
                       {"limit", to_string(failure.limit)},
                       {"request_may_have_arrived", failure.request_may_have_arrived},
                       {"permanent", failure.permanent},
                       {"message", failure.message}};
  }
  return json;
}

Recorded read(const ordered_json& json) {
  Recorded exchange;
  const auto& request = json.at("request");
  exchange.request.method = request.at("method");
  exchange.request.path = request.at("path");
  exchange.request.query = pairs_of<QueryParameter>(request, "query");
  exchange.request.body = body_of(request);
  if (json.contains("answer")) {
    const auto& answer = json.at("answer");
    const auto& status = answer.at("status");
    if (!status.is_number_integer() || status < 100 || status > 999)
      throw std::runtime_error("a status is none: " + status.dump());
    TransportResponse result{status, pairs_of<Header>(answer, "headers"), body_of(answer)};
    result.received += std::chrono::milliseconds(answer.value("received_ms", std::int64_t{0}));
    exchange.result = std::move(result);
  } else {
    const auto& from = json.at("failure");
    TransportFailure failure;
    failure.kind = enumerator<TransportErrorKind>(from.at("kind"));
    failure.limit = enumerator<TimeLimit>(from.value("limit", to_string(failure.limit)));
    failure.request_may_have_arrived = from.value("request_may_have_arrived", true);
    failure.permanent = from.value("permanent", false);
    failure.message = from.value("message", "");
    exchange.result = std::move(failure);
  }
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
    if (!json.is_object() || !json.at("exchanges").is_array())
      throw std::runtime_error("it has no exchanges");
    if (json.at("operate_cassette") != version)
      throw std::runtime_error("its version is " + json.at("operate_cassette").dump() + ", not " +
                               std::to_string(version));
    std::vector<Recorded> exchanges;
    for (const auto& one : json.at("exchanges")) exchanges.push_back(read(one));
    return exchanges;
  } catch (const std::exception& error) {
    fail(path, std::string("is none that can be played: ") + error.what());
  }
}

void write_cassette(const std::string& path, const std::vector<Recorded>& exchanges) {
  ordered_json json = {{"operate_cassette", version}, {"exchanges", ordered_json::array()}};
  for (const Recorded& one : exchanges) json["exchanges"].push_back(written(one));
  // Headers and queries may hold invalid UTF-8.
  const std::string text = json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  observe::replace_file(path, text);
}

}  // namespace testing
}  // namespace v0
}  // namespace operate
