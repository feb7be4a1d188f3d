#include "credentials/manager.hpp"

#include "core/on_one_line.hpp"
#include "core/rate_hints.hpp"
#include "core/redact.hpp"
#include "core/refuse.hpp"
#include "core/request_builder.hpp"
#include "core/secret.hpp"
#include "http/curl_transport.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <variant>

namespace operate::credentials {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds near_connect_timeout{1'000};
constexpr milliseconds first_wait{100};
constexpr milliseconds longest_wait{5'000};
constexpr std::size_t most_read = 8u << 10;

// Both copies may hold a token.
struct WipedHeaders {
  std::vector<Header>&given, &sent;
  ~WipedHeaders() {
    for (auto* headers : {&given, &sent})
      for (Header& header : *headers) core::wipe(header.value);
  }
};

// The text without what may be a signature or its like: 32 hexadecimal digits and more on end.
std::string without_signatures(std::string text) {
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  for (auto begin = text.begin(); begin != text.end();) {
    begin = std::find_if(begin, text.end(), is_digit);
    const auto end = std::find_if_not(begin, text.end(), is_digit);
    if (end - begin >= 32) std::fill(begin, end, '*');
    begin = end;
  }
  return text;
}

bool is_busy(int status) noexcept {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool is_visible(char c) { return c > ' ' && c <= '~'; }

}  // namespace

std::string ManagerName::origin() const { return core::on_one_line(name + " (" + secret + ")"); }

void ManagerName::refuse(const std::string& problem, bool retryable) const {
  core::refuse_setting(setting, "No API key from " + origin() + ": " + problem, retryable);
}

ManagerQuestion::ManagerQuestion(const ManagerName& manager, const core::BaseUrl& site,
                                 const detail::FetchContext& context, Way way)
    : manager_(manager), site_(site), context_(context), way_(std::move(way)) {}

void ManagerQuestion::hide(std::string_view secret) {
  // Taking one out of a text takes time that grows with both, and no limit ends that.
  if (secret.size() > most_read)
    manager_.refuse("a credential, which is given or was sent, has more than 8 KiB.");
  if (!secret.empty()) hidden_.push_back(secret);
}

void ManagerQuestion::refuse(const std::string& problem, std::string_view said, const std::string& advice,
                             bool retryable) const {
  const auto shown = [this](std::string_view from) {
    std::string words(from.substr(0, most_read));
    for (const std::string_view secret : hidden_) words = core::redact(words, secret, "[secret]");
    return without_signatures(std::move(words));
  };
  std::string text = shown(problem);
  if (text.back() != '.') text += '.';
  text += core::it_says(shown(said));
  if (!advice.empty()) text += " " + advice;
  manager_.refuse(text, retryable);
}

void ManagerQuestion::refuse_answer(const TransportResponse& answer, std::string_view said,
                                    std::initializer_list<Meaning> meanings) const {
  for (const Meaning& meaning : meanings)
    if (meaning.status == answer.status)
      refuse(status_of(answer) + ", " + meaning.problem, said, meaning.advice);
  refuse(status_of(answer), said, {}, is_retryable(answer));
}

bool ManagerQuestion::is_retryable(const TransportResponse& answer) const {
  return is_busy(answer.status) || (way_.is_busy && way_.is_busy(answer));
}

bool ManagerQuestion::is_retryable(const TransportFailure& failure) {
  return !failure.permanent && failure.kind != TransportErrorKind::too_large;
}

std::string ManagerQuestion::status_of(const TransportResponse& answer) const {
  std::string text = "status " + std::to_string(answer.status);
  if (answer.status >= 300 && answer.status < 400) text += ", and no redirect is followed";
  if (is_retryable(answer)) text += ", " + std::to_string(attempts()) + " times";
  return text;
}

std::string ManagerQuestion::no_answer(const TransportFailure& failure) const {
  return "no answer came from " + site_.text + " (" + to_string(failure.kind) +
         (failure.message.empty() ? "" : ": " + core::on_one_line(failure.message)) + ")";
}

std::optional<TransportResponse> ManagerQuestion::ask(const Request& request, std::vector<Header> headers) {
  auto result = try_to_ask(request, std::move(headers));
  if (!result) return std::nullopt;
  if (const auto* failure = std::get_if<TransportFailure>(&*result))
    refuse(no_answer(*failure), {}, {}, is_retryable(*failure));
  return std::get<TransportResponse>(std::move(*result));
}

std::optional<TransportResult> ManagerQuestion::try_to_ask(const Request& request,
                                                           std::vector<Header> headers) {
  const detail::Reach& reach = context_.reach;
  RequestOptions options;
  options.headers = std::move(headers);
  // Reading a secret or signing in twice does no harm.
  TransportRequest wire =
      core::build_request(request, options, /*safe_to_repeat=*/true, site_.text, reach.user_agent);
  const WipedHeaders wiped{options.headers, wire.headers};
  http::TransportSettings settings = reach.settings_for(site_);
  settings.signing = way_.signing;
  settings.answers_are_secret = true;
  if (way_.is_near) {
    settings.proxy.reset();
    settings.tls = site_.tls;
    settings.connect_timeout = std::min(settings.connect_timeout, near_connect_timeout);
  }
  http::CurlTransport transport(std::move(settings));
  for (int attempt = 1;; ++attempt) {
    const milliseconds left = context_.time_left();
    if (left.count() <= 0 || context_.cancel.is_cancelled()) return std::nullopt;
    auto lease = transport.reserve(left, context_.cancel);
    if (!lease) return std::nullopt;
    TransportResult result = transport.send(lease, wire, {reach.timeout, left, context_.cancel});
    milliseconds wait = first_wait * attempt;
    if (auto* response = std::get_if<TransportResponse>(&result)) {
      if (attempt == attempts() || !is_retryable(*response)) return result;
      core::wipe(response->body);
      if (const auto asked = core::retry_after(response->headers, std::chrono::system_clock::now()))
        wait = std::min(*asked, longest_wait);
    } else {
      const auto& failure = std::get<TransportFailure>(result);
      if (context_.cancel.is_cancelled() || failure.limit == TimeLimit::deadline) return std::nullopt;
      if (attempt == attempts() || !is_retryable(failure)) return result;
    }
    context_.cancel.wait_until(std::min(context_.until, SteadyClock::now() + wait));
  }
}

detail::FetchedKey key_of(const ManagerName& manager, std::string_view secret, milliseconds time_to_live) {
  if (secret.empty()) manager.refuse("the secret is empty.");
  return {std::make_shared<const core::ApiKey>(secret, manager.origin(), manager.setting), {}, time_to_live};
}

ManagerAnswer::ManagerAnswer(std::string& body) : body_(body) {
  std::size_t fault = 0;
  // Not for the lines, but because only this one leaves no string behind.
  document_ = json::Document::parse_with_lines(body_, fault);
}

ManagerAnswer::~ManagerAnswer() {
  if (document_) document_->wipe_strings();
  core::wipe(body_);
}

core::Secret given_or_of_environment(std::string_view given, const char* variable) {
  // Straight from the environment, without a copy that would have to be wiped.
  const char* value = given.empty() ? std::getenv(variable) : nullptr;
  return core::Secret(value ? std::string_view(value) : given);
}

std::string json_string(std::string_view text) {
  std::string result;
  result.reserve(2 * text.size() + 2);
  result += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  result += '"';
  return result;
}

std::vector<Header> secret_header(std::string name, std::string_view begin, std::string_view secret) {
  std::vector<Header> headers(1);
  headers[0].name = std::move(name);
  headers[0].value.reserve(begin.size() + secret.size());  // So that no copy is left as it grows.
  headers[0].value.append(begin).append(secret);
  return headers;
}

core::BaseUrl site_of(std::string_view url, const ManagerName& manager) {
  core::BaseUrl site;
  auto problem = core::read_base_url(url, site);
  if (!problem && !site.tls && !site.loopback)
    problem = "is http to a host that is not this machine, where everybody on the way could read the key";
  if (problem)
    manager.refuse("its URL " + *problem + ". It has the form https://host, or https://host/path.");
  return site;
}

void require_given(std::string_view option, const char* name, const ManagerName& manager) {
  if (option.empty()) manager.refuse(std::string("its ") + name + " is empty.");
  if (!std::all_of(option.begin(), option.end(), [](char c) { return static_cast<unsigned char>(c) >= ' '; }))
    manager.refuse(std::string("its ") + name + " holds a control character.");
}

void require_sendable(std::string_view secret, const char* name, const ManagerName& manager) {
  if (!std::all_of(secret.begin(), secret.end(), is_visible))
    manager.refuse(std::string("the ") + name +
                   " has a blank, a line break or another character that is not visible ASCII.");
}

milliseconds checked_time_to_live(milliseconds time, const ManagerName& manager) {
  if (time < std::chrono::seconds(1))
    manager.refuse("its time to live is " + std::to_string(time.count()) +
                   " ms; it must be at least 1 second.");
  return std::min<milliseconds>(time, std::chrono::hours(24 * 24));
}

}  // namespace operate::credentials
