#include <operate/testing/recording_transport.hpp>

#include "core/headers.hpp"
#include "testing/cassette.hpp"
#include "testing/request_match.hpp"

#include <chrono>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

namespace operate {
inline namespace v0 {
namespace testing {

namespace {

// What came of a request, as it may be written down.
TransportResult without_secrets(const TransportResult& result, const TransportRequest& request) {
  if (const auto* failure = std::get_if<TransportFailure>(&result)) {
    TransportFailure kept = *failure;
    kept.message = request.redact(failure->message);
    return kept;
  }
  const auto& answer = std::get<TransportResponse>(result);
  TransportResponse kept{answer.status, {}, request.redact(answer.body)};
  // By which a date in its headers is understood when it is played.
  kept.received = answer.received == std::chrono::system_clock::time_point()
                      ? std::chrono::system_clock::now()
                      : answer.received;
  for (const auto& [name, value] : answer.headers)
    if (core::is_shown_header(name)) kept.headers.push_back({name, request.redact(value)});
  return kept;
}

}  // namespace

class RecordingTransport::Impl {
 public:
  Impl(std::shared_ptr<Transport> inner, std::string path)
      : inner_(std::move(inner)), path_(std::move(path)) {
    if (!inner_) throw std::invalid_argument("operate::testing::RecordingTransport: the transport is empty");
  }

  TransportResult send(const TransportRequest& request, const TransportLimits& limits) {
    TransportResult result = inner_->send(request, limits);
    Recorded exchange{received(request), without_secrets(result, request)};
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(std::move(exchange));
    return result;
  }

  void save() const {
    const std::lock_guard lock(mutex_);
    write_cassette(path_, exchanges_);
  }

 private:
  std::shared_ptr<Transport> inner_;
  std::string path_;
  mutable std::mutex mutex_;
  std::vector<Recorded> exchanges_;
};

RecordingTransport::RecordingTransport(std::shared_ptr<Transport> inner, std::string path)
    : impl_(std::make_unique<Impl>(std::move(inner), std::move(path))) {}
RecordingTransport::~RecordingTransport() {
  try {
    save();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "operate::testing::RecordingTransport: %s\n", error.what());
  }
}
TransportResult RecordingTransport::send(const TransportRequest& request, const TransportLimits& limits) {
  return impl_->send(request, limits);
}
void RecordingTransport::save() const { impl_->save(); }

class ReplayTransport::Impl {
 public:
  explicit Impl(const std::string& path) : path_(path) {
    for (Recorded& one : read_cassette(path)) entries_.push_back({std::move(one), false});
  }

  TransportResult send(const TransportRequest& request) {
    const ReceivedRequest came = received(request);
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_) {
      if (entry.given || !differences_to(entry, came).empty()) continue;
      entry.given = true;
      return entry.recorded.result;
    }
    const std::string problem = problem_with(came);
    unexpected_ += problem;
    throw UnexpectedRequest(problem + "Record it anew where this request is right.\n");
  }

  std::string problems() const {
    const std::lock_guard lock(mutex_);
    std::string text = unexpected_;
    for (const Entry& entry : entries_)
      if (!entry.given) text += "Did not come: " + line_of(entry.recorded.request) + "\n";
    return text;
  }

 private:
  struct Entry {
    Recorded recorded;
    bool given;
  };

  static std::string differences_to(const Entry& entry, const ReceivedRequest& came) {
    const ReceivedRequest& wanted = entry.recorded.request;
    return differences({wanted.method, wanted.path, wanted.query, {}, wanted.body}, came, Match::exact);
  }

  std::string problem_with(const ReceivedRequest& came) const {
    std::string nearest, its_differences;
    bool was_given = false;
    for (const Entry& entry : entries_) {
      const std::string differ = differences_to(entry, came);
      was_given = was_given || differ.empty();
      if (differ.empty() || (!nearest.empty() && differ.size() >= its_differences.size())) continue;
      nearest = line_of(entry.recorded.request) + (entry.given ? ", which was asked for before" : "");
      its_differences = differ;
    }
    std::string problem = "The cassette " + path_ + " has no " + (was_given ? "further " : "") +
                          "answer for: " + line_of(came) + "\n";
    return nearest.empty() ? problem : problem + "Nearest: " + nearest + "\n" + its_differences;
  }

  std::string path_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::string unexpected_;
};

ReplayTransport::ReplayTransport(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
ReplayTransport::~ReplayTransport() = default;
TransportResult ReplayTransport::send(const TransportRequest& request, const TransportLimits&) {
  return impl_->send(request);
}
std::string ReplayTransport::problems() const { return impl_->problems(); }

}  // namespace testing
}  // namespace v0
}  // namespace operate
