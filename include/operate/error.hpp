#pragma once

#include <operate/export.hpp>
#include <operate/header.hpp>
#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {
struct ErrorDetails;
}

/// What failed below HTTP, or before its answer was complete.
enum class TransportErrorKind {
  resolve,     ///< The host's name has no address.
  connect,     ///< No connection could be made.
  tls,         ///< No trusted encrypted connection could be made.
  send,        ///< The connection was lost while the request was sent.
  receive,     ///< The connection was lost, or what came is not HTTP, before the answer was complete.
  too_large,   ///< The answer exceeds Config::max_response_bytes, or its headers 256 KiB.
  redirect,    ///< The server answered with a status from 300 to 399; redirects are never followed.
  proxy,       ///< A proxy refused or failed.
  timeout,     ///< A limit of time ran out; the error is a TimeoutError.
  queue_full,  ///< Config::max_async_calls are under way, and the call was not to wait; nothing was sent.
  cancelled,  ///< The caller ended the call; stands in Attempt::failure alone, the error is a CancelledError.
};

/// The limits of time that a TimeoutError tells apart.
enum class TimeLimit {
  connect,     ///< Config::connect_timeout
  stall,       ///< Config::stall_timeout
  attempt,     ///< Config::timeout or RequestOptions::timeout
  deadline,    ///< Config::deadline or RequestOptions::deadline, during an attempt or before the first
  pool,        ///< the deadline, while waiting for one of Config::max_connections to be free, or, of an async
               ///< call, for fewer to be sent at a time after the server's refusals (429)
  queue,       ///< the deadline, while waiting for one of Config::max_async_calls to be over
  api_key,     ///< the deadline, while waiting for the source of the API key
  rate_limit,  ///< the deadline, which ends before the server wants to hear of this client again
};

/// The enumerator's name, `too_large` for example, as it stands in Error::report() and in logs.
OPERATE_EXPORT const char* to_string(TransportErrorKind kind) noexcept;
/// The enumerator's name, `rate_limit` for example.
OPERATE_EXPORT const char* to_string(TimeLimit limit) noexcept;

/// One attempt of a call.
struct Attempt {
  /// The answer's status; 0 where there was no whole answer, also where its beginning had come.
  int status = 0;
  /// Set where there was no whole answer.
  std::optional<TransportErrorKind> failure = {};
  /// How long the attempt took.
  std::chrono::milliseconds duration{0};
  /// How long the call waited before it: after a failed attempt, because the server had asked the client to,
  /// or for a free connection.
  std::chrono::milliseconds wait{0};
  /// What it did on the wire.
  Transfer transfer = {};
};

/// Everything that a call or a setting can fail with is an Error, so one catch suffices; the classes below
/// say what to do. (Misuse of a Result or of an iterator behind the end is a std::logic_error.)
///
/// Messages hold no key and no personal data but what stands in a path that was given to Client::call: what a
/// server says is quoted only where Operate documents it. (A ConfigError, and an InvalidApiKeyError whose
/// source was asked for another key, quotes that source: a secrets manager's words, a program's, a
/// callback's.) Copying never throws. Thread safety: immutable.
class OPERATE_EXPORT Error : public std::runtime_error {
 public:
  /// Made by the SDK alone; a null pointer is not allowed.
  explicit Error(std::shared_ptr<const detail::ErrorDetails> details);
  /// Never throws.
  Error(const Error&) noexcept;
  /// Never throws.
  Error& operator=(const Error&) noexcept;
  ~Error() override;

  /// Every attempt of the call in order; empty where none was begun.
  const std::vector<Attempt>& attempts() const noexcept;

  /// Whether the same call may succeed later, and repeating it can do no harm.
  bool retryable() const noexcept;

  /// Whether the server may have carried out the call all the same. Always false for calls that are safe to
  /// repeat, by their nature or by RequestOptions::safe_to_repeat. Where true, look before calling again: a
  /// person might be created twice. The API documents no call that looks a person up, so this may be a matter
  /// for a human.
  bool may_have_been_applied() const noexcept;

  /// What happened as one JSON object for a ticket: the error's class and what it adds, message, method,
  /// path, when the call began (`time`, UTC) and its number in what an observer was told (`call`, where there
  /// was one), status, type, request id, the answer's headers (those whose values EventMessage may show),
  /// each attempt with its Transfer, the versions of the SDK and of libcurl (`transport`; empty over a
  /// Transport of your own), and where the
  /// documentation speaks of it. Without keys, query, other headers and bodies.
  std::string report() const;

  /// A copy with the same dynamic type.
  virtual std::shared_ptr<const Error> clone() const;

 protected:
  /// What the accessors of the classes below read.
  const detail::ErrorDetails& details() const noexcept { return *details_; }

 private:
  std::shared_ptr<const detail::ErrorDetails> details_;
};

/// A setting that cannot be: the message says which, why, and how to mend it.
class OPERATE_EXPORT ConfigError : public Error {
 public:
  /// Made by the SDK alone.
  using Error::Error;
  ~ConfigError() override;
  /// What to mend: a member of the program's configuration, `Config::base_url` for example; where the faulty
  /// value came from outside, the variable that holds it or names its file, `OPERATE_TIMEOUT` or
  /// `OPERATE_API_KEY_FILE` for example; `OPERATE_CONFIG_FILE` for whatever stands in the settings file. What
  /// only a Client can judge, as it depends on other members, names the member: an `http` in
  /// `OPERATE_BASE_URL` is `Config::base_url`.
  const std::string& setting() const noexcept;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// An argument that was refused before anything was sent. what() begins with its name.
class OPERATE_EXPORT ValidationError : public Error {
 public:
  /// Made by the SDK alone.
  using Error::Error;
  ~ValidationError() override;
  /// The argument, `limit` or `titles[0].company_id` for example.
  const std::string& field() const noexcept;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// The call was ended by its caller: with a CancellationSource, by Async::cancel(), or as its client, the
/// last copy and the last of what came from it, went while it was under way. Never retryable, as a token
/// stays cancelled.
class OPERATE_EXPORT CancelledError : public Error {
 public:
  /// Made by the SDK alone.
  using Error::Error;
  ~CancelledError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// There was no whole answer.
class OPERATE_EXPORT TransportError : public Error {
 public:
  /// Made by the SDK alone.
  using Error::Error;
  ~TransportError() override;
  /// What failed.
  TransportErrorKind kind() const noexcept;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// A limit of time ran out.
class OPERATE_EXPORT TimeoutError : public TransportError {
 public:
  /// Made by the SDK alone.
  using TransportError::TransportError;
  ~TimeoutError() override;
  /// Which limit ran out.
  TimeLimit limit() const noexcept;
  /// How long the attempt had taken by then; where none was begun, the wait for it.
  std::chrono::milliseconds elapsed() const noexcept;
  /// For `rate_limit`, in how long the client's calls may begin again.
  std::optional<std::chrono::milliseconds> retry_after() const noexcept;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// An answer that is not what the API documents.
class OPERATE_EXPORT DecodeError : public Error {
 public:
  /// Made by the SDK alone.
  using Error::Error;
  ~DecodeError() override;
  /// The answer's status.
  int status() const noexcept;
  /// The beginning of the body, at most 64 KiB. May hold personal data.
  const std::string& body() const noexcept;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// The server answered that the call failed: a status of 400 and up, or `success: false`.
class OPERATE_EXPORT ApiError : public Error {
 public:
  /// Made by the SDK alone.
  using Error::Error;
  ~ApiError() override;
  /// The answer's status; 2xx where the envelope says `success: false`.
  int status() const noexcept;
  /// The envelope's `error.type`; empty where there was none. Documented is `authentication_error` alone.
  const std::string& type() const noexcept;
  /// The envelope's `error.message` in full; empty where there was none, as in a body of more than 1 MiB. May
  /// hold personal data.
  const std::string& message() const noexcept;
  /// The answer's `x-request-id`, which the API does not document; empty where there was none.
  const std::string& request_id() const noexcept;
  /// The answer's headers, in order, repeated ones included.
  const std::vector<Header>& headers() const noexcept;
  /// The beginning of the body, at most 64 KiB. May hold personal data.
  const std::string& body() const noexcept;
  /// How long the server asks to wait: its `Retry-After-Ms` or `Retry-After`, and for a 429 else its rate
  /// limit's reset.
  std::optional<std::chrono::milliseconds> retry_after() const noexcept;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// The key is missing, wrong or not enough, as Operate's guide "Authentication" says.
class OPERATE_EXPORT AuthenticationError : public ApiError {
 public:
  /// Made by the SDK alone.
  using ApiError::ApiError;
  ~AuthenticationError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// 400 with the type `authentication_error`: the `x-api-key` header did not arrive.
class OPERATE_EXPORT MissingApiKeyError : public AuthenticationError {
 public:
  /// Made by the SDK alone.
  using AuthenticationError::AuthenticationError;
  ~MissingApiKeyError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// 401, whatever its body: the key is invalid or has expired.
class OPERATE_EXPORT InvalidApiKeyError : public AuthenticationError {
 public:
  /// Made by the SDK alone.
  using AuthenticationError::AuthenticationError;
  ~InvalidApiKeyError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// 403, whatever its body: the key has no access to the resource.
class OPERATE_EXPORT PermissionDeniedError : public AuthenticationError {
 public:
  /// Made by the SDK alone.
  using AuthenticationError::AuthenticationError;
  ~PermissionDeniedError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// Any other 400, and 422.
class OPERATE_EXPORT BadRequestError : public ApiError {
 public:
  /// Made by the SDK alone.
  using ApiError::ApiError;
  ~BadRequestError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// 404.
class OPERATE_EXPORT NotFoundError : public ApiError {
 public:
  /// Made by the SDK alone.
  using ApiError::ApiError;
  ~NotFoundError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// 409.
class OPERATE_EXPORT ConflictError : public ApiError {
 public:
  /// Made by the SDK alone.
  using ApiError::ApiError;
  ~ConflictError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// 429.
class OPERATE_EXPORT RateLimitError : public ApiError {
 public:
  /// Made by the SDK alone.
  using ApiError::ApiError;
  ~RateLimitError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

/// 500 to 599.
class OPERATE_EXPORT ServerError : public ApiError {
 public:
  /// Made by the SDK alone.
  using ApiError::ApiError;
  ~ServerError() override;
  /// A copy with the same dynamic type.
  std::shared_ptr<const Error> clone() const override;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
