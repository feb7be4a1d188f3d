#include <operate/metrics.hpp>

#include "core/endpoint.hpp"
#include "core/names.hpp"
#include "observe/describe.hpp"
#include "sync/per_process.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace {

constexpr std::string_view other = "other";

// In milliseconds; in the text they stand in seconds.
constexpr std::array<std::int64_t, 14> bounds = {5,     10,    25,    50,     100,    250,    500,
                                                 1'000, 2'500, 5'000, 10'000, 30'000, 60'000, 120'000};

struct Histogram {
  std::array<std::uint64_t, bounds.size()> within = {};  // Each counts all that took no longer.
  std::uint64_t count = 0;
  std::int64_t sum = 0;

  void add(std::int64_t value) {
    for (std::size_t i = 0; i < bounds.size(); ++i)
      if (value <= bounds[i]) ++within[i];
    ++count;
    sum += value;
  }
};

std::string in_seconds(std::int64_t milliseconds) {
  std::string fraction = std::to_string(milliseconds % 1000 + 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::to_string(milliseconds / 1000) + (fraction.empty() ? "" : "." + fraction);
}

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    c == '\n' ? text += "\\n" : text += c;
  }
  return text;
}

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + escaped(value) + "\"";
}

using Counters = std::map<std::string, std::uint64_t>;  // By labels.

class Text {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  void sample(std::string_view name, std::string_view labels, const std::string& value) {
    text_.append(name);
    if (!labels.empty()) text_.append("{").append(labels).append("}");
    text_.append(" ").append(value).append("\n");
  }
  void counters(std::string_view name, std::string_view help, const Counters& counters) {
    family(name, "counter", help);
    for (const auto& [labels, value] : counters) sample(name, labels, std::to_string(value));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// What was counted so far. One thread at a time, by the lock.
struct Counts {
  std::mutex mutex;
  std::int64_t in_flight = 0;
  Counters calls, attempts, waits;
  std::map<std::string, std::int64_t> waited;
  std::map<std::string, Histogram> durations;
  std::uint64_t connections = 0, thrown = 0, key_failures = 0, sent = 0, received = 0;

  void add(const Event& event, const std::string& call) {
    switch (event.kind) {
      case EventKind::call:
        ++in_flight;
        break;
      case EventKind::wait: {
        const std::string reason = label("reason", observe::name_of(event.reason));
        ++waits[reason];
        waited[reason] += event.wait.count();
        break;
      }
      case EventKind::attempt:
        ++attempts[call + "," + label("outcome", observe::outcome_of(event))];
        if (!event.transfer) break;
        if (event.transfer->connect.count() > 0) ++connections;
        sent += static_cast<std::uint64_t>(event.transfer->bytes_sent);
        received += static_cast<std::uint64_t>(event.transfer->bytes_received);
        break;
      case EventKind::result: {
        --in_flight;
        const char* result = event.succeeded ? "ok" : event.error ? core::name_of(*event.error) : "exception";
        ++calls[call + "," + label("result", result)];
        durations[call].add(event.duration.count());
        break;
      }
      case EventKind::callback:
        ++thrown;
        break;
      case EventKind::key:
        ++key_failures;
        break;
    }
  }

  std::string text() const {
    Text result;
    result.counters("operate_calls_total", "Calls that ended, by their result.", calls);
    constexpr std::string_view duration = "operate_call_duration_seconds";
    result.family(duration, "histogram", "How long whole calls took, with their retries and waits.");
    const std::string bucket = std::string(duration) + "_bucket";
    for (const auto& [call, histogram] : durations) {
      for (std::size_t i = 0; i < bounds.size(); ++i)
        result.sample(bucket, call + "," + label("le", in_seconds(bounds[i])),
                      std::to_string(histogram.within[i]));
      result.sample(bucket, call + ",le=\"+Inf\"", std::to_string(histogram.count));
      result.sample(std::string(duration) + "_sum", call, in_seconds(histogram.sum));
      result.sample(std::string(duration) + "_count", call, std::to_string(histogram.count));
    }
    result.family("operate_calls_in_flight", "gauge", "Calls that have begun and not ended.");
    result.sample("operate_calls_in_flight", "", std::to_string(in_flight));
    result.counters("operate_attempts_total", "Attempts, by their status or by what failed.", attempts);
    result.counters("operate_waits_total", "Waits before an attempt, by their reason.", waits);
    result.family("operate_wait_seconds_total", "counter", "How long these waits were to be.");
    for (const auto& [reason, time] : waited)
      result.sample("operate_wait_seconds_total", reason, in_seconds(time));
    result.counters("operate_callback_exceptions_total", "Callbacks of async calls that threw.",
                    {{"", thrown}});
    result.counters("operate_key_failures_total", "Failures to read the API key anew, with calls going on.",
                    {{"", key_failures}});
    result.counters("operate_connections_total", "Connections that were made.", {{"", connections}});
    result.counters("operate_sent_bytes_total", "Bytes of bodies that were sent.", {{"", sent}});
    result.counters("operate_received_bytes_total", "Bytes of bodies that came, before unpacking.",
                    {{"", received}});
    return result.take();
  }
};

}  // namespace

class Metrics::Impl {
 public:
  explicit Impl(std::vector<std::string> paths)
      : paths_(std::make_move_iterator(paths.begin()), std::make_move_iterator(paths.end())) {
    for (const core::Endpoint& endpoint : core::endpoints) paths_.emplace(endpoint.path);
  }

  void on(const Event& event) {
    const std::string call = labels_of(event);
    Counts& counts = this->counts();
    const std::lock_guard lock(counts.mutex);
    counts.add(event, call);
  }

  std::string text() {
    Counts& counts = this->counts();
    const std::lock_guard lock(counts.mutex);
    return counts.text();
  }

 private:
  Counts& counts() {
    return of_process_.get([] { return std::make_unique<Counts>(); });
  }

  std::string labels_of(const Event& event) const {
    constexpr std::array<std::string_view, 6> methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
    const bool is_usual = std::find(methods.begin(), methods.end(), event.method) != methods.end();
    const auto path = paths_.find(event.path);
    return label("method", is_usual ? event.method : other) + "," +
           label("path", path == paths_.end() ? other : std::string_view(*path));
  }

  std::set<std::string, std::less<>> paths_;
  sync::PerProcess<Counts> of_process_;
};

Metrics::Metrics(std::vector<std::string> paths) : impl_(std::make_unique<Impl>(std::move(paths))) {}
Metrics::~Metrics() = default;
void Metrics::on(const Event& event) { impl_->on(event); }
std::string Metrics::text() const { return impl_->text(); }

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
