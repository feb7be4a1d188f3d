#pragma once

#include <operate/cancellation.hpp>
#include <operate/error.hpp>
#include <operate/export.hpp>
#include <operate/header.hpp>
#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

struct Config;

/// One attempt's request, as a Transport has to send it. What its views point to is good until
/// Transport::send returns.
struct TransportRequest {
  /// Upper-case HTTP method.
  std::string method = {};
  /// With its query, encoded.
  std::string url = {};
  /// All that are to be sent, but the key, and what the transport itself adds (`Host`, `Content-Length` and
  /// the like).
  std::vector<Header> headers = {};
  /// Empty where there is none.
  std::string_view body = {};
  /// To be sent as the header `x-api-key`, and to appear nowhere else.
  std::string_view api_key = {};
  /// Where false, the transport must not send it twice by itself.
  bool safe_to_repeat = false;

  /// The text with the key taken out, also where it is only a part of the key of 8 characters and more: for
  /// whatever is to be shown or written down.
  OPERATE_EXPORT std::string redact(std::string_view text) const;
};

/// How long an attempt may take.
struct TransportLimits {
  /// Config::timeout, or that of the call.
  std::chrono::milliseconds timeout{30'000};
  /// What is left until the call's deadline.
  std::chrono::milliseconds deadline{120'000};
  /// Ends the attempt when it is cancelled.
  CancellationToken cancel = {};
};

/// A whole answer, whatever its status.
struct TransportResponse {
  /// The HTTP status.
  int status = 0;
  /// In order, repeated ones included.
  std::vector<Header> headers = {};
  /// Unpacked.
  std::string body = {};
  /// What happened on the wire, as far as the transport knows.
  Transfer transfer = {};
  /// When it came, by which dates in its headers are understood; unless set, the time at which the transport
  /// returns it.
  std::chrono::system_clock::time_point received = {};
};

/// There was no whole answer. What the call makes of it, another attempt or an error, is the client's to
/// decide.
struct TransportFailure {
  /// What failed.
  TransportErrorKind kind = TransportErrorKind::receive;
  /// For `timeout`, which limit ran out.
  TimeLimit limit = TimeLimit::attempt;
  /// How long the attempt had taken by then.
  std::chrono::milliseconds elapsed{0};
  /// Whether the server may have seen the request. Where true, only what is safe to repeat is repeated.
  bool request_may_have_arrived = true;
  /// Words for the error's message; may be empty. Must hold no key and no personal data.
  std::string message = {};
  /// Whether another attempt would meet the same, so that none is made.
  bool permanent = false;
  /// What happened on the wire, as far as the transport knows.
  Transfer transfer = {};
};

/// What came of an attempt.
using TransportResult = std::variant<TransportResponse, TransportFailure>;

/// How attempts are made (Config::transport). The SDK's own uses libcurl; one of your own stands in for it in
/// tests, or wraps it.
class OPERATE_EXPORT Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport();

  /// Makes one attempt and returns when it has ended; repeats nothing, follows no redirect. Called by many
  /// threads at once. The last copy of the client must not go in it: that would wait for it to return. An
  /// exception ends the call, and is passed on to its caller as it is.
  virtual TransportResult send(const TransportRequest& request, const TransportLimits& limits) = 0;
};

/// The SDK's own, with the settings that `config` has for connections: `connect_timeout`, `stall_timeout`,
/// `max_response_bytes`, `max_connections`, `base_url`, `allow_plain_http`, `ca_file`, `proxy`,
/// `trust_environment`. For a Transport that wraps it; without one, leave Config::transport empty. Throws
/// ConfigError for a setting that cannot be. Its send() throws ValidationError for a URL that is not below
/// `base_url`, and for a method, a header or a key that cannot be sent. Thread safety: any number of threads
/// at once.
OPERATE_EXPORT std::shared_ptr<Transport> libcurl_transport(const Config& config);

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
