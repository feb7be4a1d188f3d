#include <operate/testing/recording_transport.hpp>

#include "core/headers.hpp"
#include "testing/cassette.hpp"
#include "testing/request_match.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
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
    require_writable(path_);
  }

  TransportResult send(const TransportRequest& request, const TransportLimits& limits) {
    TransportResult result = inner_->send(request, limits);
    Recorded exchange{redacted(received_with_url_path(request), Keys(request)),
                      without_secrets(result, request)};
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(std::move(exchange));
    return result;
  }

  void save() const {
    const std::lock_guard lock(mutex_);
    write_cassette(path_, exchanges_);
    saved_ = exchanges_.size();
  }

  bool is_saved() const {
    const std::lock_guard lock(mutex_);
    return saved_ == exchanges_.size();
  }

 private:
  std::shared_ptr<Transport> inner_;
  std::string path_;
  mutable std::mutex mutex_;
  std::vector<Recorded> exchanges_;
  mutable std::size_t saved_ = 0;
};

RecordingTransport::RecordingTransport(std::shared_ptr<Transport> inner, std::string path)
    : impl_(std::make_unique<Impl>(std::move(inner), std::move(path))) {}
RecordingTransport::~RecordingTransport() {
  try {
    if (!impl_->is_saved()) save();
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
    const Came came(request);
    const std::lock_guard lock(mutex_);
    keys_.add(request);
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
      if (!entry.given) text += "Did not come: " + line_of(entry.recorded.request, keys_) + "\n";
    return text;
  }

 private:
  struct Entry {
    Recorded recorded;
    bool given;
  };

  // A cassette holds no key: what was one when it was recorded stands there as redacted() leaves it. But what
  // looks like the key of whoever plays it may have been none when it was recorded.
  struct Came {
    explicit Came(const TransportRequest& request)
        : as_sent(received_with_url_path(request)), without_key(redacted(as_sent, Keys(request))) {}

    ReceivedRequest as_sent;
    ReceivedRequest without_key;
  };

  // Of the two, those to what is nearer.
  std::string differences_to(const Entry& entry, const Came& came) const {
    const ReceivedRequest& recorded = entry.recorded.request;
    const ExpectedRequest wanted{recorded.method, recorded.path, recorded.query, {}, recorded.body};
    std::string text = differences(wanted, came.as_sent, Match::exact, keys_);
    if (text.empty()) return text;
    std::string other = differences(wanted, came.without_key, Match::exact, keys_);
    return other.size() < text.size() ? other : text;
  }

  std::string problem_with(const Came& came) const {
    std::string nearest, its_differences;
    bool was_given = false;
    for (const Entry& entry : entries_) {
      const std::string differ = differences_to(entry, came);
      was_given = was_given || differ.empty();
      if (differ.empty() || (!nearest.empty() && differ.size() >= its_differences.size())) continue;
      nearest = line_of(entry.recorded.request, keys_) + (entry.given ? ", which was asked for before" : "");
      its_differences = differ;
    }
    std::string problem = "The cassette " + path_ + " has no " + (was_given ? "further " : "") +
                          "answer for: " + line_of(came.as_sent, keys_) + "\n";
    return nearest.empty() ? problem : problem + "Nearest: " + nearest + "\n" + its_differences;
  }

  std::string path_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  Keys keys_;
  std::string unexpected_;
};

ReplayTransport::ReplayTransport(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
ReplayTransport::~ReplayTransport() = default;
TransportResult ReplayTransport::send(const TransportRequest& request, const TransportLimits&) {
  return impl_->send(request);
}
std::string ReplayTransport::problems() const { return impl_->problems(); }

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
