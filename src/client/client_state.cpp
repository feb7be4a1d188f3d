#include "client/client_state.hpp"

#include "client/config.hpp"
#include "client/real_clock.hpp"
#include "core/request_builder.hpp"
#include "core/retry.hpp"
#include "core/validation.hpp"
#include "credentials/key_provider.hpp"

#include <operate/version.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <string_view>
#include <utility>
#include <variant>

namespace operate {
inline namespace v0 {
namespace detail {

namespace {

using std::chrono::milliseconds;

std::string user_agent(const std::string& suffix) {
  std::string text = "operate-cpp/" + std::to_string(OPERATE_VERSION_MAJOR) + "." +
                     std::to_string(OPERATE_VERSION_MINOR) + "." + std::to_string(OPERATE_VERSION_PATCH) +
                     " " + http::library_version();
  return suffix.empty() ? text : text + " " + suffix;
}

core::AttemptOutcome outcome_of(const core::WireResult& result) {
  if (const auto* failure = std::get_if<core::WireFailure>(&result))
    return {0, failure->kind, failure->request_may_have_arrived, {}, failure->permanent};
  const auto& answer = std::get<core::WireAnswer>(result);
  core::AttemptOutcome outcome{answer.status, {}, true, {}};
  if (const auto* hint = core::find_header(answer.headers, "retry-after"))
    outcome.retry_after = core::parse_retry_after(*hint);
  return outcome;
}

}  // namespace

ClientState::ClientState(const Config& config)
    : config_(client::checked(config)),
      base_url_(core::parse_base_url(config_.base_url, config_.allow_plain_http)),
      key_(KeyProvider::load(config_.api_key)),
      clock_(config_.clock ? config_.clock : std::make_shared<client::RealClock>()),
      user_agent_(user_agent(config_.user_agent_suffix)),
      jitter_state_((static_cast<std::uint64_t>(std::random_device()()) << 32) | std::random_device()()),
      transport_({config_.connect_timeout, config_.stall_timeout, config_.max_response_bytes,
                  config_.max_connections, config_.ca_file, base_url_.loopback, base_url_.tls}) {}

core::Exchange ClientState::execute(const Request& request, const RequestOptions& options,
                                    bool safe_to_repeat) {
  core::validate(request);
  core::validate(options);
  auto begin = clock_->now();
  const auto deadline = begin + std::min(options.deadline.value_or(config_.deadline), client::longest_limit);
  const milliseconds timeout = std::min(options.timeout.value_or(config_.timeout), client::longest_limit);
  RetryPolicy policy = config_.retry;
  policy.max_retries = options.max_retries.value_or(policy.max_retries);

  core::Exchange exchange;
  exchange.method = request.method;
  exchange.path = request.path;
  exchange.key = key_;
  const core::WireRequest wire =
      core::build_request(request, options, safe_to_repeat, base_url_.text, user_agent_);
  exchange.safe_to_repeat = wire.safe_to_repeat;

  const auto left_of_deadline = [&](Clock::time_point now) {
    return std::chrono::ceil<milliseconds>(deadline - now);
  };
  for (int retries = 0;; ++retries) {
    core::WireResult result = transport_.send(wire, *key_, {timeout, left_of_deadline(begin)});
    const auto end = clock_->now();
    const core::AttemptOutcome outcome = outcome_of(result);
    const auto* failure = std::get_if<core::WireFailure>(&result);
    if (failure && failure->kind == TransportErrorKind::timeout && failure->limit == TimeLimit::pool)
      core::raise_failure(exchange, *failure);  // There was no attempt.
    exchange.attempts.push_back({outcome.status, outcome.failure,
                                 std::chrono::duration_cast<milliseconds>(end - begin), milliseconds(0)});
    const bool out_of_time =
        failure && failure->kind == TransportErrorKind::timeout && failure->limit == TimeLimit::deadline;
    if (!out_of_time) {
      const auto delay = core::retry_delay(policy, retries, outcome, exchange.safe_to_repeat, jitter(),
                                           left_of_deadline(end));
      if (delay) {
        exchange.attempts.back().wait = *delay;
        clock_->sleep_until(end + *delay);
        begin = clock_->now();
        if (begin < deadline) continue;
      }
    }
    if (auto* answer = std::get_if<core::WireAnswer>(&result)) {
      exchange.answer = std::move(*answer);
      return exchange;
    }
    core::raise_failure(exchange, *failure);
  }
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
