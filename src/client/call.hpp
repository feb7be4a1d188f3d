#pragma once

#include "client/call_context.hpp"
#include "client/call_reporter.hpp"
#include "core/exchange.hpp"
#include "core/retry.hpp"

#include <operate/clock.hpp>
#include <operate/error.hpp>
#include <operate/request.hpp>
#include <operate/transport.hpp>

#include <chrono>
#include <optional>

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
    wait,       ///< Until due_at(), or until it is cancelled.
    fetch_key,  ///< fetch_key(), or the same by means of the driver's own and, where that failed, fail_key().
    send,       ///< Find a connection, ask again, and send.
    finish,     ///< Nothing more: finish().
  };
  /// What is due now. May be asked as often as one likes.
  Step next();

  /// For Step::wait.
  Clock::time_point due_at() const noexcept { return due_; }
  /// The call's end at the latest.
  Clock::time_point deadline() const noexcept { return deadline_; }
  /// What is left until then, at the time of the last next().
  std::chrono::milliseconds time_left() const;

  /// Where KeyCache::wants_refresh(): asks for the key anew, before the first next().
  void refresh_key();
  /// For Step::fetch_key: asks for the key, and waits for it.
  void fetch_key();
  /// The key that the server has refused; null where it has refused none.
  const credentials::KeyCache::Key& refused_key() const noexcept { return refused_; }
  /// There is no key for this call, or none instead of the refused one.
  void fail_key(const ConfigError& error);

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
  Step take_key();
  bool is_cancelled() const { return options_.cancel.is_cancelled(); }
  void trace(std::chrono::milliseconds waited);
  void tell();
  /// Remembers what the attempt means for the client's other calls. `wait` is what this one would wait.
  void note(const core::AttemptOutcome& outcome, std::chrono::milliseconds wait);
  /// The next attempt, or none.
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
  credentials::KeyCache::Key refused_;
  std::optional<ConfigError> key_error_;

  Clock::time_point now_;        // Of the last next() or end_attempt().
  Clock::time_point free_from_;  // The end of the last attempt; the beginning of the call.
  Clock::time_point due_;
  Clock::time_point deadline_;
  Clock::time_point announced_ = {};
  WaitReason reason_ = WaitReason::retry;
  // What it waits for at its deadline, where that is not an attempt's end.
  TimeLimit waits_for_ = TimeLimit::deadline;
  bool over_ = false;
};

}  // namespace operate::client
