#include <operate/testing/scripted_transport.hpp>

#include "testing/request_match.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

ScriptedTransport::Handler always(TransportResult answer) {
  return [answer = std::move(answer)](const ReceivedRequest&) { return answer; };
}

void require_usable(const ExpectedRequest& request, const ScriptedTransport::Handler& answer) {
  if (!answer) throw std::invalid_argument("operate::testing::ScriptedTransport: the answer is empty");
  if (!request.json_body.empty() && !is_comparable_json(request.json_body))
    throw std::invalid_argument("operate::testing::ExpectedRequest: json_body is no JSON, or too deep: " +
                                in_quotes(request.json_body));
}

}  // namespace

class ScriptedTransport::Impl {
 public:
  void expect(ExpectedRequest request, Handler answer) {
    require_usable(request, answer);
    const std::lock_guard lock(mutex_);
    line_.push_back({std::move(request), std::move(answer)});
  }
  void whenever(ExpectedRequest request, Handler answer) {
    require_usable(request, answer);
    const std::lock_guard lock(mutex_);
    rules_.push_back({std::move(request), std::move(answer)});
  }

  TransportResult send(const TransportRequest& request) {
    const ReceivedRequest came = received(request);
    return answer_for(came, request)(came);
  }

  std::vector<ReceivedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  std::string problems() const {
    const std::lock_guard lock(mutex_);
    std::string text = unexpected_;
    for (const Entry& entry : line_) text += "Did not come: " + line_of(entry.request, keys_) + "\n";
    return text;
  }

 private:
  struct Entry {
    ExpectedRequest request;
    Handler answer;
  };

  // A copy, which runs without the lock.
  Handler answer_for(const ReceivedRequest& came, const TransportRequest& request) {
    const std::lock_guard lock(mutex_);
    keys_.add(request);
    requests_.push_back(came);
    if (!line_.empty() && differences_to(line_.front(), came).empty()) {
      Handler answer = std::move(line_.front().answer);
      line_.pop_front();
      return answer;
    }
    for (const Entry& rule : rules_)
      if (differences_to(rule, came).empty()) return rule.answer;

    std::string problem =
        "Request " + std::to_string(requests_.size()) + " was not expected: " + line_of(came, keys_) + "\n";
    const auto compare = [&](const char* what, const Entry& entry) {
      problem += std::string(what) + line_of(entry.request, keys_) + "\n" + differences_to(entry, came);
    };
    if (!line_.empty()) compare("Expected next: ", line_.front());
    for (const Entry& rule : rules_) compare("Allowed at any time: ", rule);
    if (line_.empty() && rules_.empty()) problem += "No further request was expected.\n";
    unexpected_ += problem;
    throw UnexpectedRequest(problem);
  }

  std::string differences_to(const Entry& entry, const ReceivedRequest& came) const {
    return differences(entry.request, came, Match::listed, keys_);
  }

  mutable std::mutex mutex_;
  std::deque<Entry> line_;
  std::vector<Entry> rules_;
  std::vector<ReceivedRequest> requests_;
  Keys keys_;
  std::string unexpected_;
};

ScriptedTransport::ScriptedTransport() : impl_(std::make_unique<Impl>()) {}
ScriptedTransport::~ScriptedTransport() = default;
void ScriptedTransport::expect(ExpectedRequest request, TransportResult answer) {
  impl_->expect(std::move(request), always(std::move(answer)));
}
void ScriptedTransport::expect(ExpectedRequest request, Handler answer) {
  impl_->expect(std::move(request), std::move(answer));
}
void ScriptedTransport::whenever(ExpectedRequest request, TransportResult answer) {
  impl_->whenever(std::move(request), always(std::move(answer)));
}
void ScriptedTransport::whenever(ExpectedRequest request, Handler answer) {
  impl_->whenever(std::move(request), std::move(answer));
}
TransportResult ScriptedTransport::send(const TransportRequest& request, const TransportLimits&) {
  return impl_->send(request);
}
std::vector<ReceivedRequest> ScriptedTransport::requests() const { return impl_->requests(); }
std::string ScriptedTransport::problems() const { return impl_->problems(); }

TransportFailure connection_refused() {
  TransportFailure failure{TransportErrorKind::connect};
  failure.request_may_have_arrived = false;
  return failure;
}
TransportFailure connection_lost() { return {TransportErrorKind::receive}; }
TransportFailure timed_out() { return {TransportErrorKind::timeout, TimeLimit::attempt}; }

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
