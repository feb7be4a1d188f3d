#include "core/exchange.hpp"

#include "core/answer.hpp"
#include "core/error_details.hpp"
#include "core/headers.hpp"
#include "core/on_one_line.hpp"
#include "core/rate_hints.hpp"
#include "core/retry.hpp"

#include <operate/detail/answer_origin.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace operate::core {

namespace {

constexpr std::size_t kept_body = 64u << 10;
constexpr std::size_t most_envelope = 1u << 20;
constexpr std::size_t shown_message = 300;

using detail::ErrorDetails;

template <class E>
[[noreturn]] void raise(ErrorDetails&& details) {
  throw E(std::make_shared<const ErrorDetails>(std::move(details)));
}

ErrorDetails details_of(const Exchange& exchange) {
  ErrorDetails details;
  details.method = exchange.method;
  details.path = exchange.redact(exchange.path);
  details.time = exchange.time;
  details.call = exchange.call;
  details.attempts = exchange.attempts;
  details.transport = exchange.transport;
  return details;
}

// What the server sent, without the key, should it have sent that back.
void add_answer(ErrorDetails& details, const Exchange& exchange) {
  details.status = exchange.answer.status;
  details.body = exchange.redact(std::string_view(exchange.answer.body).substr(0, kept_body));
  for (const auto& [name, value] : exchange.answer.headers)
    details.headers.push_back({exchange.redact(name), exchange.redact(value)});
  if (const auto* id = find_header(details.headers, "x-request-id")) details.request_id = *id;
}

void set_what(ErrorDetails& details, const Exchange& exchange, const std::string& problem) {
  std::string what = exchange.method + " " + exchange.path + ": " + problem;
  if (exchange.attempts.size() > 1) what += " Attempts: " + std::to_string(exchange.attempts.size()) + ".";
  if (exchange.out_of_retries)
    what += " Not repeated: the client's calls have used up their retries in reserve (RetryPolicy::budget).";
  if (details.may_have_been_applied)
    what += " The server may have carried out the call all the same; look before you repeat it.";
  details.what = exchange.redact(what);
}

// The beginning of a server's words as one line of a log, which no control character may break or colour.
std::string printable(std::string_view text) {
  return on_one_line(std::string(text.substr(0, shown_message)));
}

std::string advice(const ErrorDetails& details, const Exchange& exchange) {
  std::string origin = " The key came from " + exchange.key->origin();
  if (exchange.key_trouble.empty())
    origin += exchange.asked_for_key ? ", which had no other when it was asked last." : ".";
  else
    origin += "; asked for another: " + exchange.key_trouble;
  switch (details.status) {
    case 400:
      return details.type == authentication_error
                 ? " The x-api-key header did not arrive; does a proxy remove it?" + origin
                 : "";
    case 401:
      return " The key is invalid or has expired." + origin +
             " Keys are made in app.operate.so, Settings > API Keys.";
    case 403:
      return " The key has no access to this resource." + origin +
             " Give it access, or use a key that has it: app.operate.so, Settings > API Keys.";
    case 404:
      return " Are the path and Config::base_url right?";
    default:
      return "";
  }
}

std::string words(TransportErrorKind kind) {
  switch (kind) {
    case TransportErrorKind::resolve:
      return "the host's name has no address; is Config::base_url right?";
    case TransportErrorKind::connect:
      return "no connection could be made.";
    case TransportErrorKind::tls:
      return "no trusted encrypted connection could be made; Config::ca_file or OPERATE_CA_FILE names other "
             "certificates to trust.";
    case TransportErrorKind::send:
      return "the connection was lost while the request was sent.";
    case TransportErrorKind::receive:
      return "the connection was lost before the answer was complete.";
    case TransportErrorKind::too_large:
      return "the answer is larger than Config::max_response_bytes, or its headers than 256 KiB.";
    case TransportErrorKind::redirect:
      return "the server answered with a redirect, and none is followed.";
    case TransportErrorKind::proxy:
      return "the proxy refused or failed.";
    case TransportErrorKind::timeout:
      return "a limit of time ran out.";
    case TransportErrorKind::queue_full:
      return "Config::max_async_calls are under way, so nothing was sent.";
    case TransportErrorKind::cancelled:
      return "cancelled by its caller, or with its client.";
  }
  return "no answer.";
}

std::string words(TimeLimit limit) {
  switch (limit) {
    case TimeLimit::connect:
      return "no connection within Config::connect_timeout";
    case TimeLimit::stall:
      return "the connection stayed silent for Config::stall_timeout";
    case TimeLimit::attempt:
      return "no whole answer within the timeout of one attempt (Config::timeout or RequestOptions::timeout)";
    case TimeLimit::deadline:
      return "no whole answer before the call's deadline (Config::deadline or RequestOptions::deadline)";
    case TimeLimit::pool:
      return "none of the connections (Config::max_connections) became free before the call's deadline, or, "
             "for an async call, the server's refusals (429) let too few be sent at a time";
    case TimeLimit::queue:
      return "no place among the async calls (Config::max_async_calls) became free before the call's "
             "deadline";
    case TimeLimit::api_key:
      return "no API key came before the call's deadline";
    case TimeLimit::rate_limit:
      return "the server has asked this client to wait beyond the call's deadline, and nothing was sent";
  }
  return "a limit of time ran out";
}

}  // namespace

std::optional<std::chrono::milliseconds> wait_asked_for(const TransportResponse& answer) {
  auto wait = retry_after(answer.headers, answer.received);
  if (!wait && answer.status == 429) wait = rate_limit_reset(answer.headers, answer.received);
  return wait;
}

void raise_status(const Exchange& exchange) {
  const TransportResponse& answer = exchange.answer;
  const int status = answer.status;
  ErrorDetails details = details_of(exchange);
  add_answer(details, exchange);
  if (status < 400 && (status < 200 || status > 299)) {
    details.kind = status < 200 ? TransportErrorKind::receive : TransportErrorKind::redirect;
    details.may_have_been_applied = !exchange.safe_to_repeat;
    set_what(details, exchange,
             "status " + std::to_string(status) + ": " +
                 (status < 300 ? "this is no final answer."
                               : words(details.kind) + " Is Config::base_url right?"));
    raise<TransportError>(std::move(details));
  }

  // What is larger than that is no envelope, and reading it would take time that the caller does not expect.
  if (answer.body.size() <= most_envelope) {
    const EnvelopeError envelope = read_envelope_error(answer.body);
    details.type = exchange.redact(envelope.type);
    details.server_message = exchange.redact(envelope.message);
  }
  details.retry_after = wait_asked_for(answer);
  const AttemptOutcome outcome{status, {}, true, details.retry_after};
  details.retryable = worth_repeating(outcome, exchange.safe_to_repeat) || exchange.key_may_come;
  details.may_have_been_applied = !exchange.safe_to_repeat && (status == 408 || status >= 500);

  std::string problem = "status " + std::to_string(status);
  if (detail::is_word(details.type)) problem += " (" + details.type + ")";
  // Operate documents what an authentication error says; any other message may name people.
  if (details.type == authentication_error && !details.server_message.empty())
    problem += ": " + printable(details.server_message);
  if (problem.back() != '.') problem += ".";
  problem += advice(details, exchange);
  if (details.retry_after)
    problem += " The server asks to wait " + std::to_string(details.retry_after->count()) +
               " ms before the next call" +
               (exchange.out_of_time ? ", which is beyond this one's deadline." : ".");
  if (!details.server_message.empty() && details.type != authentication_error)
    problem +=
        " The server's reason is in ApiError::message(); it may hold personal data, so it is not shown here.";
  set_what(details, exchange, problem);

  if (status == 401) raise<InvalidApiKeyError>(std::move(details));
  if (status == 403) raise<PermissionDeniedError>(std::move(details));
  if (status == 400 && details.type == authentication_error) raise<MissingApiKeyError>(std::move(details));
  if (status == 400 || status == 422) raise<BadRequestError>(std::move(details));
  if (status == 404) raise<NotFoundError>(std::move(details));
  if (status == 409) raise<ConflictError>(std::move(details));
  if (status == 429) raise<RateLimitError>(std::move(details));
  if (status >= 500 && status <= 599) raise<ServerError>(std::move(details));
  raise<ApiError>(std::move(details));
}

void raise_no_key(const Exchange& exchange, const ConfigError& error) {
  ErrorDetails details = details_of(exchange);
  details.what = error.what();
  details.subject = error.setting();
  details.retryable = error.retryable();
  raise<ConfigError>(std::move(details));
}

void raise_failure(const Exchange& exchange, const TransportFailure& failure) {
  ErrorDetails details = details_of(exchange);
  details.kind = failure.kind;
  details.limit = failure.limit;
  details.elapsed = failure.elapsed;
  const AttemptOutcome outcome{0, failure.kind, failure.request_may_have_arrived, {}, failure.permanent};
  details.retryable = worth_repeating(outcome, exchange.safe_to_repeat);
  details.may_have_been_applied = !exchange.safe_to_repeat && failure.request_may_have_arrived;
  if (failure.kind == TransportErrorKind::cancelled) {
    set_what(details, exchange, words(failure.kind));
    raise<CancelledError>(std::move(details));
  }
  if (failure.kind == TransportErrorKind::timeout) {
    details.retry_after = exchange.held_for;
    std::string text = words(failure.limit);
    if (!exchange.key_source.empty()) text += " from " + exchange.key_source;
    if (exchange.held_for)
      text += "; calls may begin again in " + std::to_string(exchange.held_for->count()) + " ms";
    else
      text += ", after " + std::to_string(failure.elapsed.count()) + " ms";
    if (!failure.message.empty()) text += " (" + printable(failure.message) + ")";
    set_what(details, exchange, text + ".");
    raise<TimeoutError>(std::move(details));
  }
  std::string text = words(failure.kind);
  if (!failure.message.empty())
    text.insert(text.find_first_of(".;?"), " (" + printable(failure.message) + ")");
  set_what(details, exchange, text);
  raise<TransportError>(std::move(details));
}

void raise_undecodable(const Exchange& exchange, const std::string& problem) {
  ErrorDetails details = details_of(exchange);
  add_answer(details, exchange);
  details.may_have_been_applied = !exchange.safe_to_repeat;
  const bool is_kept = !details.body.empty();
  set_what(details, exchange,
           "the answer " + problem + (is_kept ? " The beginning of it is in DecodeError::body()." : ""));
  raise<DecodeError>(std::move(details));
}

}  // namespace operate::core

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

void detail::AnswerOrigin::raise_undecodable(const std::string& problem) const {
  core::raise_undecodable(*static_cast<const core::Exchange*>(exchange.get()), problem);
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
