#include <operate/detail/error_cast.hpp>
#include <operate/error.hpp>

#include "core/error_details.hpp"
#include "core/headers.hpp"
#include "core/names.hpp"
#include "core/timestamp.hpp"
#include "core/transfer_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

template <class Class>
const Class* detail::error_cast(const Error& error) noexcept {
  return dynamic_cast<const Class*>(&error);
}

// The destructors stand here so that each class's vtable and type information exist once, in the library.
#define OPERATE_ERROR_CLASS(Class)                                                             \
  Class::~Class() = default;                                                                   \
  std::shared_ptr<const Error> Class::clone() const { return std::make_shared<Class>(*this); } \
  template OPERATE_EXPORT const Class* detail::error_cast<Class>(const Error&) noexcept;

OPERATE_ERROR_CLASS(Error)
OPERATE_ERROR_CLASS(ConfigError)
OPERATE_ERROR_CLASS(ValidationError)
OPERATE_ERROR_CLASS(CancelledError)
OPERATE_ERROR_CLASS(TransportError)
OPERATE_ERROR_CLASS(TimeoutError)
OPERATE_ERROR_CLASS(DecodeError)
OPERATE_ERROR_CLASS(ApiError)
OPERATE_ERROR_CLASS(AuthenticationError)
OPERATE_ERROR_CLASS(MissingApiKeyError)
OPERATE_ERROR_CLASS(InvalidApiKeyError)
OPERATE_ERROR_CLASS(PermissionDeniedError)
OPERATE_ERROR_CLASS(BadRequestError)
OPERATE_ERROR_CLASS(NotFoundError)
OPERATE_ERROR_CLASS(ConflictError)
OPERATE_ERROR_CLASS(RateLimitError)
OPERATE_ERROR_CLASS(ServerError)
#undef OPERATE_ERROR_CLASS

Error::Error(std::shared_ptr<const detail::ErrorDetails> details)
    : std::runtime_error(details->what), details_(std::move(details)) {}
Error::Error(const Error&) noexcept = default;
Error& Error::operator=(const Error&) noexcept = default;

const std::vector<Attempt>& Error::attempts() const noexcept { return details_->attempts; }
bool Error::retryable() const noexcept { return details_->retryable; }
bool Error::may_have_been_applied() const noexcept { return details_->may_have_been_applied; }

std::string Error::report() const {
  const auto word_or_empty = [](const std::string& text) {
    return detail::is_word(text) ? text : std::string();
  };
  const std::string name = core::name_of(*this);
  nlohmann::ordered_json report = {{"error", name},
                                   {"message", details_->what},
                                   {"method", details_->method},
                                   {"path", details_->path},
                                   {"status", details_->status},
                                   {"type", word_or_empty(details_->type)},
                                   {"request_id", word_or_empty(details_->request_id)},
                                   {"retryable", details_->retryable},
                                   {"may_have_been_applied", details_->may_have_been_applied}};
  if (details_->time != std::chrono::system_clock::time_point())
    report["time"] = core::timestamp(details_->time);
  if (details_->call != 0) report["call"] = details_->call;
  if (dynamic_cast<const TransportError*>(this)) report["kind"] = to_string(details_->kind);
  if (dynamic_cast<const TimeoutError*>(this)) {
    report["limit"] = to_string(details_->limit);
    report["elapsed_ms"] = details_->elapsed.count();
  }
  if (details_->retry_after) report["retry_after_ms"] = details_->retry_after->count();
  if (!details_->subject.empty()) report["subject"] = details_->subject;
  auto& headers = report["headers"] = nlohmann::ordered_json::array();
  for (const Header& header : details_->headers)
    if (detail::is_shown(header)) headers.push_back({{"name", header.name}, {"value", header.value}});
  auto& attempts = report["attempts"] = nlohmann::ordered_json::array();
  for (const Attempt& attempt : details_->attempts) {
    nlohmann::ordered_json entry = {{"status", attempt.status},
                                    {"failure", attempt.failure ? to_string(*attempt.failure) : ""},
                                    {"duration_ms", attempt.duration.count()},
                                    {"wait_ms", attempt.wait.count()},
                                    {"request_id", word_or_empty(attempt.transfer.request_id)}};
    core::add_transfer(entry, attempt.transfer);
    attempts.push_back(std::move(entry));
  }
  report["sdk"] = std::string(core::sdk_name) + "/" + core::sdk_version;
  report["transport"] = details_->transport;
  report["documentation"] = "docs/errors.md#" + core::lower_case(name);
  // A server's words may hold invalid UTF-8, which must not turn a report into an exception.
  return report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool detail::is_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

bool detail::is_shown(const Header& header) {
  if (core::same_name(header.name, "x-request-id")) return is_word(header.value);
  return core::is_shown_header(header.name);
}

const std::string& ConfigError::setting() const noexcept { return details().subject; }
const std::string& ValidationError::field() const noexcept { return details().subject; }
TransportErrorKind TransportError::kind() const noexcept { return details().kind; }
TimeLimit TimeoutError::limit() const noexcept { return details().limit; }
std::chrono::milliseconds TimeoutError::elapsed() const noexcept { return details().elapsed; }
std::optional<std::chrono::milliseconds> TimeoutError::retry_after() const noexcept {
  return details().retry_after;
}
int DecodeError::status() const noexcept { return details().status; }
const std::string& DecodeError::body() const noexcept { return details().body; }
int ApiError::status() const noexcept { return details().status; }
const std::string& ApiError::type() const noexcept { return details().type; }
const std::string& ApiError::message() const noexcept { return details().server_message; }
const std::string& ApiError::request_id() const noexcept { return details().request_id; }
const std::vector<Header>& ApiError::headers() const noexcept { return details().headers; }
const std::string& ApiError::body() const noexcept { return details().body; }
std::optional<std::chrono::milliseconds> ApiError::retry_after() const noexcept {
  return details().retry_after;
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
