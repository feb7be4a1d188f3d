#include "client/call.hpp"

#include "core/event_message.hpp"
#include "core/headers.hpp"
#include "core/plausible.hpp"
#include "core/rate_hints.hpp"
#include "core/trace_context.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace operate::client {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// A source that has another wrong key each time it is asked is not asked for ever.
constexpr std::size_t most_refused_keys = 3;

// A call that was given one of its own keeps it.
bool has_trace_context(const RequestOptions& options) {
  return core::find_header(options.headers, "traceparent") ||
         core::find_header(options.headers, "tracestate");
}

Transfer& facts_of(TransportResult& result) {
  return std::visit([](auto& either) -> Transfer& { return either.transfer; }, result);
}

core::AttemptOutcome outcome_of(const TransportResult& result) {
  if (const auto* failure = std::get_if<TransportFailure>(&result))
    return {0, failure->kind, failure->request_may_have_arrived, {}, failure->permanent};
  const auto& response = std::get<TransportResponse>(result);
  return {response.status, {}, true, response.status < 400 ? std::nullopt : core::wait_asked_for(response)};
}

}  // namespace

Call::Call(CallContext& context, const Request& request, const RequestOptions& options, bool safe_to_repeat,
           detail::CallReporter& reporter)
    : context_(context),
      request_(request),
      options_(options),
      reporter_(reporter),
      wire_(context.build(request, options, safe_to_repeat)),
      limits_(context.limits_of(options)),
      policy_(context.config.retry),
      now_(context.clock->now()),
      free_from_(now_),
      due_(now_),
      deadline_(now_ + limits_.deadline) {
  policy_.max_retries = options.max_retries.value_or(policy_.max_retries);
  exchange_.method = request.method;
  exchange_.path = request.path;
  exchange_.time = std::chrono::system_clock::now();
  exchange_.call = reporter.number();
  exchange_.transport = context.library;
  exchange_.safe_to_repeat = wire_.safe_to_repeat;
}

milliseconds Call::time_left() const { return std::chrono::ceil<milliseconds>(deadline_ - now_); }

Call::Step Call::next() {
  if (over_) return Step::finish;
  now_ = context_.clock->now();
  if (now_ >= deadline_ || is_cancelled()) {
    give_up(waits_for_);
    return Step::finish;
  }
  const auto held_until = context_.throttle.held_until();
  if (held_until > due_) {
    reason_ = WaitReason::rate_limit;
    // Those who waited for the same moment do not all begin at it.
    const auto spread = duration_cast<milliseconds>(policy_.initial_delay * context_.jitter());
    due_ = held_until + spread;
    if (due_ >= deadline_) due_ = held_until;
  }
  if (due_ >= deadline_) {
    give_up(TimeLimit::rate_limit);
    return Step::finish;
  }
  if (due_ <= now_) return take_key();
  waits_for_ = TimeLimit::deadline;
  if (due_ != announced_) reporter_.will_wait(std::chrono::ceil<milliseconds>(due_ - now_), reason_);
  announced_ = due_;
  return Step::wait;
}

Call::Step Call::take_key() {
  credentials::KeyCache::Ready ready;
  try {
    ready = context_.keys->ready(refused_);
    const auto& key = ready.key;
    if (!key) {
      waits_for_ = TimeLimit::api_key;
      return Step::fetch_key;
    }
    exchange_.asked_for_key = key == refused_;
    if (exchange_.asked_for_key) {
      over_ = true;
      return Step::finish;
    }
    exchange_.key = key;
    wire_.api_key = key->value();
    refused_ = nullptr;
  } catch (const ConfigError& error) {
    fail_key(error);
    return Step::finish;
  }
  reporter_.begin();
  if (ready.trouble) reporter_.key_failed(*ready.trouble);
  waits_for_ = TimeLimit::pool;
  return Step::send;
}

void Call::refresh_key() { context_.keys->refresh(limits_.deadline, options_.cancel); }

void Call::fetch_key() {
  try {
    context_.keys->fetch(refused_, time_left(), options_.cancel);
  } catch (const ConfigError& error) {
    fail_key(error);
  }
}

void Call::fail_key(const ConfigError& error) {
  over_ = true;
  // Where the server has refused the call, that says more.
  if (refused_) {
    exchange_.key_trouble = error.what();
    exchange_.key_may_come = error.retryable();
  } else {
    key_error_ = error;
  }
}

void Call::give_up(TimeLimit limit) {
  over_ = true;
  if (limit == TimeLimit::api_key) exchange_.key_source = context_.keys->source();
  if (limit == TimeLimit::api_key && refused_) {
    exchange_.key_trouble = "it did not answer before the call's deadline.";
    exchange_.key_may_come = true;
  }
  // After an attempt, its error says more than that there was no time for another.
  if (!exchange_.attempts.empty() && !is_cancelled()) return;
  // Also where it was to begin just before its deadline, and the clock was late.
  if (limit == TimeLimit::deadline && context_.throttle.held_until() > free_from_)
    limit = TimeLimit::rate_limit;
  if (limit == TimeLimit::rate_limit)
    exchange_.held_for =
        std::chrono::ceil<milliseconds>(std::max(due_ - now_, Clock::time_point::duration(0)));
  TransportFailure failure;
  failure.kind = is_cancelled() ? TransportErrorKind::cancelled : TransportErrorKind::timeout;
  failure.limit = limit;
  failure.elapsed = duration_cast<milliseconds>(now_ - free_from_);
  failure.request_may_have_arrived = false;
  result_ = std::move(failure);
}

void Call::refuse(bool waited) {
  now_ = context_.clock->now();
  give_up(TimeLimit::queue);
  auto& failure = std::get<TransportFailure>(result_);
  if (!waited && failure.kind == TransportErrorKind::timeout) failure.kind = TransportErrorKind::queue_full;
}

TransportLimits Call::begin_attempt() {
  if (reporter_) trace(duration_cast<milliseconds>(now_ - free_from_));
  return {limits_.timeout, time_left(), options_.cancel};
}

void Call::trace(milliseconds waited) {
  if (!has_trace_context(options_)) core::set_trace_context(wire_.headers, reporter_.trace_context(waited));
  const auto* traceparent = core::find_header(wire_.headers, "traceparent");
  reporter_.sent_with(traceparent ? exchange_.redact(*traceparent) : std::string());
}

void Call::end_attempt(TransportResult result) {
  result_ = std::move(result);
  Transfer& facts = facts_of(result_);
  if (auto* response = std::get_if<TransportResponse>(&result_)) {
    if (response->received == std::chrono::system_clock::time_point())
      response->received = std::chrono::system_clock::now();
    const auto* id = core::find_header(response->headers, "x-request-id");
    if (id && facts.request_id.empty()) facts.request_id = *id;
  }
  facts.request_id = exchange_.redact(facts.request_id);
  if (context_.config.transport) core::make_plausible(facts);

  const auto begin = std::exchange(now_, context_.clock->now());
  const core::AttemptOutcome outcome = outcome_of(result_);
  exchange_.attempts.push_back({outcome.status, outcome.failure, duration_cast<milliseconds>(now_ - begin),
                                duration_cast<milliseconds>(begin - free_from_), facts});
  free_from_ = now_;
  waits_for_ = TimeLimit::deadline;
  if (reporter_) tell();

  const bool failed = outcome.failure || outcome.status >= 400;
  const milliseconds wait = core::backoff(policy_, retries_, failed ? context_.jitter() : 0);
  note(outcome, wait);
  plan_retry(outcome, wait);
}

void Call::tell() {
  std::optional<EventMessage> message;
  if (context_.detail != EventDetail::facts)
    message = core::event_message(context_.base_url.text, request_, options_, wire_,
                                  std::get_if<TransportResponse>(&result_), exchange_, context_.detail);
  reporter_.attempted(exchange_.attempts.back(), message ? &*message : nullptr);
}

void Call::note(const core::AttemptOutcome& outcome, milliseconds wait) {
  const auto* response = std::get_if<TransportResponse>(&result_);
  if (!response) return;
  if (response->status == 429)
    context_.throttle.hold(now_, outcome.retry_after.value_or(wait));
  else if (const auto reset = core::rate_limit_reset(response->headers, response->received))
    context_.throttle.hold(now_, *reset);
  if (response->status < 400) context_.throttle.call_succeeded(now_);
}

void Call::plan_retry(const core::AttemptOutcome& outcome, milliseconds wait) {
  over_ = true;
  if (outcome.status == 401 && context_.keys->can_change() &&
      exchange_.refused_keys.size() < most_refused_keys) {
    refused_ = exchange_.key;
    exchange_.refused_keys.push_back(refused_);
    due_ = now_;
    over_ = false;
    return;
  }
  const auto* failure = std::get_if<TransportFailure>(&result_);
  if (retries_ >= policy_.max_retries || !core::worth_repeating(outcome, exchange_.safe_to_repeat) ||
      (failure && failure->limit == TimeLimit::deadline))
    return;
  const milliseconds asked_for = outcome.retry_after.value_or(milliseconds(0));
  due_ = now_ + std::max(wait, asked_for);
  reason_ = asked_for > wait ? WaitReason::rate_limit : WaitReason::retry;
  if (due_ >= deadline_)
    exchange_.out_of_time = outcome.retry_after && now_ + *outcome.retry_after >= deadline_;
  else if (!context_.throttle.take_retry(now_))
    exchange_.out_of_retries = true;
  else
    over_ = false;
  ++retries_;
}

core::Exchange Call::finish() {
  if (key_error_) core::raise_no_key(exchange_, *key_error_);
  if (const auto* failure = std::get_if<TransportFailure>(&result_)) core::raise_failure(exchange_, *failure);
  exchange_.answer = std::move(std::get<TransportResponse>(result_));
  return std::move(exchange_);
}

}  // namespace operate::client
