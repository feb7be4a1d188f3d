#pragma once

#include "client/call_context.hpp"
#include "client/call_reporter.hpp"
#include "core/exchange.hpp"
#include "core/retry.hpp"

#include <operate/clock.hpp>
#include <operate/request.hpp>
#include <operate/transport.hpp>

#include <chrono>

namespace operate::client {

/// One call with its retries, as decisions alone: a driver asks what is due, waits or sends, and says what
/// came of it. So a call means the same on the caller's thread and on the client's own. One thread at a time;
/// everything that it is given has to live as long.
class Call {
 public:
  Call(CallContext& context, const Request& request, const RequestOptions& options, bool safe_to_repeat,
       detail::CallReporter& reporter);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  enum class Step {
    wait,    ///< Until due_at(), or until it is cancelled.
    send,    ///< Find a connection, ask again, and send.
    finish,  ///< Nothing more: finish().
  };
  /// What is due now. May be asked as often as one likes.
  Step next();

  /// For Step::wait.
  Clock::time_point due_at() const noexcept { return due_; }
  /// The call's end at the latest.
  Clock::time_point deadline() const noexcept { return deadline_; }
  /// What is left until then, at the time of the last next().
  std::chrono::milliseconds time_left() const;

  /// Behind Step::send: an attempt begins, with this request and these limits.
  TransportLimits begin_attempt();
  const TransportRequest& request() const noexcept { return wire_; }
  /// The attempt has ended.
  void end_attempt(TransportResult result);

  /// Nothing is to be sent, for want of a place: in vain waited for (timeout), or not (queue_full).
  void refuse(bool waited);

  /// The call with the last answer, whatever its status; throws what core::raise_failure throws.
  core::Exchange finish();

 private:
  void give_up(TimeLimit limit);
  bool is_cancelled() const { return options_.cancel.is_cancelled(); }
  void trace(std::chrono::milliseconds waited);
  void tell();
  /// Remembers what the attempt means for the client's other calls. `wait` is what this one would wait.
  void note(const core::AttemptOutcome& outcome, std::chrono::milliseconds wait);
  /// After a failed attempt: the next one, or none.
  void plan_retry(const core::AttemptOutcome& outcome, std::chrono::milliseconds wait);

  CallContext& context_;
  const Request& request_;
  const RequestOptions& options_;
  detail::CallReporter& reporter_;
  TransportRequest wire_;
  core::Exchange exchange_;
  TransportResult result_ = TransportFailure{};
  const CallContext::Limits limits_;
  RetryPolicy policy_;
  int retries_ = 0;

  Clock::time_point now_;        // Of the last next() or end_attempt().
  Clock::time_point free_from_;  // The end of the last attempt; the beginning of the call.
  Clock::time_point due_;
  Clock::time_point deadline_;
  Clock::time_point announced_ = {};
  WaitReason reason_ = WaitReason::retry;
  bool waits_for_connection_ = false;
  bool over_ = false;
};

}  // namespace operate::client
