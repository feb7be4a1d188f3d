#include <operate/log.hpp>

#include "core/names.hpp"
#include "core/on_one_line.hpp"
#include "core/timestamp.hpp"
#include "core/transfer_json.hpp"
#include "observe/describe.hpp"
#include "sync/per_process.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace {

std::string in_milliseconds(std::chrono::microseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

std::string times_of(const Transfer& transfer) {
  std::string text = "HTTP " + (transfer.http_version.empty() ? "-" : transfer.http_version);
  text += transfer.connection_reused
              ? ", kept connection"
              : ", name " + in_milliseconds(transfer.name_lookup) + ", connect " +
                    in_milliseconds(transfer.connect) + ", tls " + in_milliseconds(transfer.tls);
  return text + ", first byte " + in_milliseconds(transfer.first_byte) + ", total " +
         in_milliseconds(transfer.total) + ", sent " + std::to_string(transfer.bytes_sent) + " B, received " +
         std::to_string(transfer.bytes_received) + " B";
}

std::string line_of(const Event& event) {
  std::string line = core::timestamp(event.time) + " operate #" + std::to_string(event.call) + " ";
  line.append(event.method).append(" ").append(event.path).append(": ");
  const std::string outcome = observe::outcome_of(event);
  switch (event.kind) {
    case EventKind::call:
      return line + "begins";
    case EventKind::wait:
      line += outcome.empty() ? "" : outcome + ", ";
      return line + "waits " + std::to_string(event.wait.count()) + " ms before attempt " +
             std::to_string(event.attempt + 1) +
             (event.reason == WaitReason::rate_limit ? ", as the server asked" : "");
    case EventKind::attempt:
      line += "attempt " + std::to_string(event.attempt) + ", " + outcome;
      if (event.transfer) line += ", " + times_of(*event.transfer);
      break;
    case EventKind::result:
      if (event.error)
        line += core::name_of(*event.error) + std::string(" after ");
      else
        line += event.succeeded ? outcome + " in " : "ended by another exception after ";
      line += std::to_string(event.duration.count()) + " ms, attempts: " + std::to_string(event.attempt);
      break;
    case EventKind::callback:
      // What it says is not shown, unless it is one of the SDK's: it may hold anything.
      line += "its callback threw ";
      line += event.error ? core::name_of(*event.error) : "an exception that is none of the SDK's";
      break;
    case EventKind::key:
      return line + "goes on with the API key that there is: " + (event.error ? event.error->what() : "");
  }
  if (const auto id = observe::request_id_of(event); !id.empty()) line.append(", request id ").append(id);
  if (event.error) line.append(": ").append(event.error->what());
  return line;
}

std::string json_of(const Event& event) {
  nlohmann::ordered_json json = {{"time", core::timestamp(event.time)},
                                 {"event", observe::name_of(event.kind)},
                                 {"call", event.call},
                                 {"method", event.method},
                                 {"path", event.path},
                                 {"attempt", event.attempt}};
  const bool ended = event.kind == EventKind::attempt || event.kind == EventKind::result;
  if (event.status != 0) json["status"] = event.status;
  if (event.failure) json["failure"] = to_string(*event.failure);
  if (event.kind == EventKind::wait) json["reason"] = observe::name_of(event.reason);
  if (event.kind == EventKind::wait || event.kind == EventKind::attempt) json["wait_ms"] = event.wait.count();
  if (ended) json["duration_ms"] = event.duration.count();
  if (event.kind == EventKind::result) json["succeeded"] = event.succeeded;
  if (event.error) {
    json["error"] = core::name_of(*event.error);
    json["message"] = event.error->what();
  }
  if (event.transfer && ended) {
    if (const auto id = observe::request_id_of(event); !id.empty()) json["request_id"] = id;
    core::add_transfer(json, *event.transfer);
  }
  if (ended && !event.traceparent.empty()) json["traceparent"] = event.traceparent;
  // A server's words may hold invalid UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class LogObserver : public Observer {
 public:
  using Format = std::string (*)(const Event&);
  LogObserver(Format format, LogLevel level, LogSink sink)
      : format_(format), level_(level), sink_(std::move(sink)) {}

  void on(const Event& event) override {
    const bool is_detail = event.kind == EventKind::call || event.kind == EventKind::attempt;
    if (is_detail && level_ == LogLevel::info) return;
    std::string line = core::on_one_line(format_(event));
    if (!sink_) {
      // In one piece, so that no other line of the program's comes in between.
      line += '\n';
      std::fwrite(line.data(), 1, line.size(), stderr);
      return;
    }
    const std::lock_guard lock(mutex_.get([] { return std::make_unique<std::mutex>(); }));
    sink_(line);
  }

 private:
  Format format_;
  LogLevel level_;
  LogSink sink_;
  sync::PerProcess<std::mutex> mutex_;
};

}  // namespace

std::shared_ptr<Observer> log_lines(LogLevel level, LogSink sink) {
  return std::make_shared<LogObserver>(&line_of, level, std::move(sink));
}

std::shared_ptr<Observer> log_json(LogLevel level, LogSink sink) {
  return std::make_shared<LogObserver>(&json_of, level, std::move(sink));
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
