#include <operate/har.hpp>

#include "core/base64.hpp"
#include "core/event_message.hpp"
#include "core/headers.hpp"
#include "core/names.hpp"
#include "core/path.hpp"
#include "core/timestamp.hpp"
#include "json/document.hpp"
#include "observe/describe.hpp"
#include "observe/replace_file.hpp"
#include "sync/per_process.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace {

using std::chrono::microseconds;
using Json = nlohmann::ordered_json;

double milliseconds_of(microseconds time) { return static_cast<double>(time.count()) / 1000; }

// A step that was not taken is -1.
double step(microseconds time) { return time.count() > 0 ? milliseconds_of(time) : -1; }

void add_times(Json& entry, const Transfer& transfer) {
  const microseconds none{0};
  const bool answered = transfer.first_byte > none;
  const bool connected = answered || transfer.connection_reused || transfer.connect > none;
  const microseconds connect = transfer.connect + transfer.tls;
  const microseconds begun = transfer.name_lookup + connect;
  const microseconds rest = std::max(none, (answered ? transfer.first_byte : transfer.total) - begun);
  const microseconds receive = answered ? std::max(none, transfer.total - transfer.first_byte) : none;
  entry["time"] = milliseconds_of(begun + rest + receive);
  entry["timings"] = {{"blocked", connected ? -1 : milliseconds_of(rest)},
                      {"dns", step(transfer.name_lookup)},
                      {"connect", step(connect)},
                      {"ssl", step(transfer.tls)},
                      {"send", 0},
                      {"wait", connected ? milliseconds_of(rest) : 0},
                      {"receive", milliseconds_of(receive)}};
}

template <class T>
Json pairs_of(const std::vector<T>& all) {
  Json pairs = Json::array();
  for (const auto& [name, value] : all) pairs.push_back({{"name", name}, {"value", value}});
  return pairs;
}

std::string url_of(const EventMessage& message) {
  std::string url = message.url;
  char before = '?';
  for (const auto& [name, value] : message.query) {
    url += std::exchange(before, '&');
    core::append_encoded(url, name);
    url += '=';
    core::append_encoded(url, value);
  }
  return url;
}

std::string content_type(const std::vector<Header>& headers) {
  const std::string* type = core::find_header(headers, "content-type");
  return type ? *type : "";
}

Json request_of(const Event& event, const Transfer& transfer, const EventMessage& message,
                const std::string& version) {
  Json request = {{"method", event.method},
                  {"url", url_of(message)},
                  {"httpVersion", version},
                  {"cookies", Json::array()},
                  {"headers", pairs_of(message.request_headers)},
                  {"queryString", pairs_of(message.query)},
                  {"headersSize", -1},
                  {"bodySize", transfer.bytes_sent}};
  const std::string& body = message.request_body;
  if (body.empty()) return request;
  auto& data = request["postData"] = {{"mimeType", content_type(message.request_headers)}};
  // The format has no place for bytes in a request; this is a member of one's own.
  if (!json::is_utf8(body)) data["_encoding"] = "base64";
  data["text"] = json::is_utf8(body) ? body : core::base64(body);
  return request;
}

Json content_of(const Transfer& transfer, const EventMessage& message, EventDetail detail) {
  const std::string& body = message.response_body;
  // The size is that of the unpacked body, while the bytes were counted as they came.
  const bool is_packed = core::find_header(message.response_headers, "content-encoding") != nullptr;
  Json content = {{"size", is_packed ? -1 : transfer.bytes_received},
                  {"mimeType", content_type(message.response_headers)}};
  if (detail != EventDetail::bodies) return content;
  content["size"] = body.size();
  if (json::is_utf8(body)) {
    content["text"] = body;
  } else {
    content["text"] = core::base64(body);
    content["encoding"] = "base64";
  }
  return content;
}

Json response_of(const Event& event, const Transfer& transfer, const EventMessage& message,
                 EventDetail detail, const std::string& version) {
  Json response = {{"status", event.status},
                   {"statusText", ""},
                   {"httpVersion", version},
                   {"cookies", Json::array()},
                   {"headers", pairs_of(message.response_headers)},
                   {"content", content_of(transfer, message, detail)},
                   {"redirectURL", ""},
                   {"headersSize", -1},
                   {"bodySize", transfer.bytes_received}};
  if (event.failure) response["_error"] = to_string(*event.failure);
  return response;
}

std::string entry_of(const Event& event, const EventMessage& message, EventDetail detail) {
  const Transfer transfer = event.transfer ? *event.transfer : Transfer{};
  const std::string version = transfer.http_version.empty() ? "" : "HTTP/" + transfer.http_version;
  Json entry = {{"startedDateTime", core::timestamp(event.time - transfer.total)},
                {"request", request_of(event, transfer, message, version)},
                {"response", response_of(event, transfer, message, detail, version)},
                {"cache", Json::object()},
                {"_call", event.call},
                {"_attempt", event.attempt}};
  if (const auto id = observe::request_id_of(event); !id.empty()) entry["_requestId"] = id;
  add_times(entry, transfer);
  // Headers, and the path of a user's own, may hold invalid UTF-8.
  return entry.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

class HarRecorder::Impl {
 public:
  explicit Impl(HarOptions options)
      : detail_(std::max(options.detail, EventDetail::headers)), max_entries_(options.max_entries) {}

  EventDetail detail() const { return detail_; }

  void on(const Event& event) {
    if (event.kind != EventKind::attempt) return;
    // An observer of a user's own that passes events on may show less than was asked for, or more.
    EventMessage message;
    message.url = event.path;
    if (event.message)
      message = detail_ == EventDetail::bodies ? *event.message : core::headers_only(*event.message);
    std::string entry = entry_of(event, message, event.message ? detail_ : EventDetail::headers);
    Entries& entries = this->entries();
    const std::lock_guard lock(entries.mutex);
    entries.each.push_back(std::move(entry));
    if (entries.each.size() > max_entries_) entries.each.pop_front();
  }

  std::string text() {
    std::string text = R"({"log":{"version":"1.2","creator":{"name":")";
    text.append(core::sdk_name).append(R"(","version":")").append(core::sdk_version);
    text.append(R"("},"entries":[)");
    Entries& entries = this->entries();
    const std::lock_guard lock(entries.mutex);
    const char* before = "\n";
    for (const std::string& entry : entries.each) text.append(std::exchange(before, ",\n")).append(entry);
    return text + "\n]}}\n";
  }

 private:
  struct Entries {
    std::mutex mutex;
    std::deque<std::string> each;  // As JSON.
  };
  Entries& entries() {
    return of_process_.get([] { return std::make_unique<Entries>(); });
  }

  const EventDetail detail_;
  const std::size_t max_entries_;
  sync::PerProcess<Entries> of_process_;
};

HarRecorder::HarRecorder(HarOptions options) : impl_(std::make_unique<Impl>(options)) {}
HarRecorder::~HarRecorder() = default;
void HarRecorder::on(const Event& event) { impl_->on(event); }
EventDetail HarRecorder::detail() const { return impl_->detail(); }
std::string HarRecorder::text() const { return impl_->text(); }
void HarRecorder::save(const std::string& path) const { observe::replace_file(path, text()); }

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
