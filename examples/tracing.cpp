// Each attempt as a span of a distributed trace: the server is told of it by the W3C header `traceparent`,
// and the span is printed in OpenTelemetry's JSON (OTLP), as its file exporter would. With opentelemetry-cpp,
// trace_context() would start a span and on() would end it.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <operate/operate.hpp>
#include <random>
#include <string>

static std::string random_id(int digits) {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  std::string id;
  for (; digits > 0; digits -= 16) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(random() | 1));
    id += text;
  }
  return id;
}

class Tracing : public operate::Observer {
 public:
  // One trace a call, one span an attempt. Where your service already has a trace, on the thread that makes
  // the call, that would be the parent.
  operate::TraceContext trace_context(const operate::Event& attempt) override {
    const std::lock_guard lock(mutex_);
    Trace& trace = traces_[attempt.call];
    if (trace.id.empty()) trace.id = random_id(32);
    trace.span = random_id(16);
    return {"00-" + trace.id + "-" + trace.span + "-01", {}};
  }

  void on(const operate::Event& event) override {
    using operate::EventKind;
    const std::lock_guard lock(mutex_);
    const auto trace = traces_.find(event.call);
    if (event.kind == EventKind::attempt && trace != traces_.end())
      print(event, trace->second.id, trace->second.span);
    if (event.kind == EventKind::result) traces_.erase(event.call);
  }

 private:
  struct Trace {
    std::string id, span;
  };

  static std::string nanoseconds(std::chrono::system_clock::time_point time) {
    return std::to_string(std::chrono::nanoseconds(time.time_since_epoch()).count());
  }
  static nlohmann::json attribute(const char* key, nlohmann::json value) {
    return {{"key", key}, {"value", {{value.is_string() ? "stringValue" : "intValue", value}}}};
  }
  static void print(const operate::Event& event, const std::string& trace, const std::string& span) {
    nlohmann::json attributes = {attribute("http.request.method", event.method),
                                 attribute("url.path", event.path),
                                 attribute("http.request.resend_count", event.attempt - 1)};
    if (event.status != 0) attributes.push_back(attribute("http.response.status_code", event.status));
    if (event.failure) attributes.push_back(attribute("error.type", operate::to_string(*event.failure)));
    const bool failed = event.failure || event.status >= 400;
    const nlohmann::json line = {{"traceId", trace},
                                 {"spanId", span},
                                 {"name", std::string(event.method) + " " + std::string(event.path)},
                                 {"kind", 3},  // A client's.
                                 {"startTimeUnixNano", nanoseconds(event.time - event.transfer->total)},
                                 {"endTimeUnixNano", nanoseconds(event.time)},
                                 {"status", {{"code", failed ? 2 : 0}}},
                                 {"attributes", attributes}};
    std::cout << nlohmann::json{{"resourceSpans",
                                 {{{"scopeSpans",
                                    {{{"scope", {{"name", "operate-cpp"}}}, {"spans", {line}}}}}}}}}
              << '\n';
  }

  std::mutex mutex_;
  std::map<std::uint64_t, Trace> traces_;
};

int main() {
  try {
    operate::Config config = operate::Config::from_environment();
    config.observer = std::make_shared<Tracing>();
    const operate::Client client(config);
    client.companies().list();
  } catch (const operate::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
