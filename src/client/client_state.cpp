#include "client/client_state.hpp"

#include "client/config.hpp"
#include "client/libcurl_transport.hpp"
#include "client/real_clock.hpp"
#include "core/curl_command.hpp"
#include "core/event_message.hpp"
#include "core/headers.hpp"
#include "core/names.hpp"
#include "core/plausible.hpp"
#include "core/rate_hints.hpp"
#include "core/request_builder.hpp"
#include "core/retry.hpp"
#include "core/trace_context.hpp"
#include "credentials/key_provider.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <variant>

namespace operate {
inline namespace v0 {
namespace detail {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::string user_agent(const std::string& library, const std::string& suffix) {
  std::string text = std::string(core::sdk_name) + "/" + core::sdk_version;
  for (const std::string* more : {&library, &suffix})
    if (!more->empty()) text.append(" ").append(*more);
  return text;
}

// A call that was given one of its own keeps it.
bool has_trace_context(const RequestOptions& options) {
  return core::find_header(options.headers, "traceparent") ||
         core::find_header(options.headers, "tracestate");
}

core::AttemptOutcome outcome_of(const TransportResult& result) {
  if (const auto* failure = std::get_if<TransportFailure>(&result))
    return {0, failure->kind, failure->request_may_have_arrived, {}, failure->permanent};
  const auto& answer = std::get<TransportResponse>(result);
  return {answer.status, {}, true, answer.status < 400 ? std::nullopt : core::wait_asked_for(answer)};
}

}  // namespace

ClientState::ClientState(const Config& config)
    : config_(client::checked(config)),
      base_url_(core::parse_base_url(config_.base_url, config_.allow_plain_http)),
      key_(KeyProvider::load(config_.api_key)),
      clock_(config_.clock ? config_.clock : std::make_shared<client::RealClock>()),
      library_(config_.transport ? "" : http::library_version()),
      user_agent_(user_agent(library_, config_.user_agent_suffix)),
      jitter_state_((static_cast<std::uint64_t>(std::random_device()()) << 32) | std::random_device()()),
      throttle_(config_.retry.budget),
      detail_(config_.observer ? config_.observer->detail() : EventDetail::facts) {
  if (!config_.transport) libcurl_.emplace(client::transport_settings(config_, base_url_));
}

TransportRequest ClientState::build(const Request& request, const RequestOptions& options,
                                    bool safe_to_repeat) const {
  TransportRequest wire = core::build_request(request, options, safe_to_repeat, base_url_.text, user_agent_);
  wire.api_key = key_->value();
  return wire;
}

std::string ClientState::explain(const Request& request, const RequestOptions& options) const {
  core::validate(request);
  core::validate(options);
  const milliseconds timeout = std::min({options.timeout.value_or(config_.timeout),
                                         options.deadline.value_or(config_.deadline), client::longest_limit});
  core::CurlSettings settings{config_.connect_timeout, timeout, config_.ca_file, {}};
  if (libcurl_) settings.proxy = libcurl_->settings().proxy;
  // Before they are percent-encoded, behind which a key could not be found.
  Request shown = request;
  RequestOptions shown_options = options;
  for (auto* query : {&shown.query, &shown_options.query})
    for (auto& [name, value] : *query) {
      name = key_->redact(name);
      value = key_->redact(value);
    }
  return core::curl_command(build(shown, shown_options, false), settings);
}

core::Exchange ClientState::execute(const Request& request, const RequestOptions& options,
                                    bool safe_to_repeat, CallReporter& reporter) {
  const auto start = clock_->now();
  const auto deadline = start + std::min(options.deadline.value_or(config_.deadline), client::longest_limit);
  const milliseconds timeout = std::min(options.timeout.value_or(config_.timeout), client::longest_limit);
  RetryPolicy policy = config_.retry;
  policy.max_retries = options.max_retries.value_or(policy.max_retries);

  core::Exchange exchange;
  exchange.method = request.method;
  exchange.path = request.path;
  exchange.time = std::chrono::system_clock::now();
  exchange.call = reporter.number();
  exchange.key = key_;
  exchange.transport = library_;
  TransportRequest wire = build(request, options, safe_to_repeat);
  exchange.safe_to_repeat = wire.safe_to_repeat;

  TransportResult result = TransportFailure{};
  auto end = start, due = start;
  auto reason = WaitReason::retry;
  for (int retries = 0;; ++retries) {
    auto turn = wait_for_turn(due, reason, deadline, options.cancel, reporter);
    if (const auto* none = std::get_if<NoTurn>(&turn)) {
      // After an attempt, its error says more than that there was no time for another.
      if (exchange.attempts.empty() || none->failure.kind == TransportErrorKind::cancelled) {
        exchange.held_for = none->held_for;
        core::raise_failure(exchange, none->failure);
      }
      break;
    }
    auto& [begin, lease] = std::get<Turn>(turn);
    const auto waited = duration_cast<milliseconds>(begin - end);
    if (reporter) trace(reporter, options, wire, waited);
    result = send(lease, wire, {timeout, std::chrono::ceil<milliseconds>(deadline - begin), options.cancel});
    end = clock_->now();
    const Transfer& facts = std::visit([](auto& either) -> Transfer& { return either.transfer; }, result);
    const auto* failure = std::get_if<TransportFailure>(&result);
    const core::AttemptOutcome outcome = outcome_of(result);
    exchange.attempts.push_back(
        {outcome.status, outcome.failure, duration_cast<milliseconds>(end - begin), waited, facts});
    if (reporter) report(reporter, request, options, wire, exchange, result);
    const milliseconds wait = core::backoff(policy, retries, failure || outcome.status >= 400 ? jitter() : 0);
    note(result, outcome, wait, end);
    if (retries >= policy.max_retries || !core::worth_repeating(outcome, exchange.safe_to_repeat) ||
        (failure && failure->limit == TimeLimit::deadline))
      break;
    const milliseconds asked_for = outcome.retry_after.value_or(milliseconds(0));
    due = end + std::max(wait, asked_for);
    reason = asked_for > wait ? WaitReason::rate_limit : WaitReason::retry;
    if (due >= deadline) {
      exchange.out_of_time = outcome.retry_after && end + *outcome.retry_after >= deadline;
      break;
    }
    if (!throttle_.take_retry(end)) {
      exchange.out_of_retries = true;
      break;
    }
  }
  if (const auto* failure = std::get_if<TransportFailure>(&result)) core::raise_failure(exchange, *failure);
  exchange.answer = std::move(std::get<TransportResponse>(result));
  return exchange;
}

void ClientState::trace(CallReporter& reporter, const RequestOptions& options, TransportRequest& wire,
                        milliseconds waited) {
  if (!has_trace_context(options)) core::set_trace_context(wire.headers, reporter.trace_context(waited));
  const auto* traceparent = core::find_header(wire.headers, "traceparent");
  reporter.sent_with(traceparent ? key_->redact(*traceparent) : std::string());
}

TransportResult ClientState::send(std::optional<http::HandlePool::Lease>& lease,
                                  const TransportRequest& request, const TransportLimits& limits) {
  TransportResult result =
      lease ? libcurl_->send(*lease, request, limits) : config_.transport->send(request, limits);
  Transfer& facts = std::visit([](auto& either) -> Transfer& { return either.transfer; }, result);
  if (auto* answer = std::get_if<TransportResponse>(&result)) {
    if (answer->received == std::chrono::system_clock::time_point())
      answer->received = std::chrono::system_clock::now();
    const auto* id = core::find_header(answer->headers, "x-request-id");
    if (id && facts.request_id.empty()) facts.request_id = *id;
  }
  facts.request_id = key_->redact(facts.request_id);
  if (!lease) core::make_plausible(facts);
  return result;
}

void ClientState::report(CallReporter& reporter, const Request& request, const RequestOptions& options,
                         const TransportRequest& wire, const core::Exchange& exchange,
                         const TransportResult& result) {
  std::optional<EventMessage> message;
  if (detail_ != EventDetail::facts)
    message =
        core::event_message(base_url_.text, request, options, wire, std::get_if<TransportResponse>(&result),
                            *key_, detail_ == EventDetail::bodies);
  reporter.attempted(exchange.attempts.back(), message ? &*message : nullptr);
}

void ClientState::note(const TransportResult& result, const core::AttemptOutcome& outcome, milliseconds wait,
                       Clock::time_point now) {
  const auto* answer = std::get_if<TransportResponse>(&result);
  if (!answer) return;
  if (answer->status == 429)
    throttle_.hold(now, outcome.retry_after.value_or(wait));
  else if (const auto reset = core::rate_limit_reset(answer->headers, answer->received))
    throttle_.hold(now, *reset);
  if (answer->status < 400) throttle_.call_succeeded(now);
}

std::variant<ClientState::Turn, ClientState::NoTurn> ClientState::wait_for_turn(
    Clock::time_point due, WaitReason reason, Clock::time_point deadline, const CancellationToken& cancel,
    CallReporter& reporter) {
  NoTurn no_turn;
  TransportFailure& none = no_turn.failure;
  none = {TransportErrorKind::timeout, TimeLimit::deadline, {}, false, {}};
  const auto start = clock_->now();
  Clock::time_point announced = {};
  for (auto now = start; now < deadline && !cancel.is_cancelled(); now = clock_->now()) {
    const auto held_until = throttle_.held_until();
    if (held_until > due) {
      reason = WaitReason::rate_limit;
      // Those who waited for the same moment do not all begin at it.
      const auto spread = duration_cast<milliseconds>(config_.retry.initial_delay * jitter());
      due = held_until + spread;
      if (due >= deadline) due = held_until;
    }
    if (due >= deadline) {
      none.limit = TimeLimit::rate_limit;
      break;
    }
    if (due > now) {
      if (due != announced) reporter.will_wait(std::chrono::ceil<milliseconds>(due - now), reason);
      announced = due;
      clock_->sleep_until(due, cancel);
      continue;
    }
    std::optional<http::HandlePool::Lease> lease;
    if (libcurl_) lease.emplace(libcurl_->reserve(std::chrono::ceil<milliseconds>(deadline - now), cancel));
    const auto begin = clock_->now();
    if ((lease && !*lease) || begin >= deadline) {
      none.limit = TimeLimit::pool;
      break;
    }
    // While this call waited for a connection, another may have been told to stay away.
    if (throttle_.held_until() <= begin && !cancel.is_cancelled()) return Turn{begin, std::move(lease)};
  }
  const auto end = clock_->now();
  none.elapsed = duration_cast<milliseconds>(end - start);
  // Also where it was to begin just before its deadline, and the clock was late.
  if (none.limit == TimeLimit::deadline && throttle_.held_until() > start) none.limit = TimeLimit::rate_limit;
  if (none.limit == TimeLimit::rate_limit)
    no_turn.held_for = std::chrono::ceil<milliseconds>(std::max(due - end, Clock::time_point::duration(0)));
  if (cancel.is_cancelled()) none.kind = TransportErrorKind::cancelled;
  return no_turn;
}

// SplitMix64, whose state is one number that threads can share without a lock.
double ClientState::jitter() {
  constexpr std::uint64_t step = 0x9E3779B97F4A7C15;
  std::uint64_t bits = jitter_state_.fetch_add(step, std::memory_order_relaxed) + step;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  bits ^= bits >> 31;
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace detail
}  // namespace v0
}  // namespace operate
