#pragma once

#include <operate/cancellation.hpp>
#include <operate/header.hpp>
#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// What an async call does where Config::max_async_calls are under way.
enum class WhenFull {
  wait,  ///< The thread that makes it waits, at most until the call's deadline, which is a TimeoutError.
  fail,  ///< It ends in a TransportError, `queue_full`, at once; nothing was sent.
};

/// Settings of one call. What is not set here follows the client's Config.
struct RequestOptions {
  /// Limit of one attempt; more than zero. Beyond 24 days it counts as 24 days, as does the next.
  std::optional<std::chrono::milliseconds> timeout = {};

  /// Limit of the whole call with its retries and waits; more than zero.
  std::optional<std::chrono::milliseconds> deadline = {};

  /// How often the call may be repeated after its first attempt: 0 to 100.
  std::optional<int> max_retries = {};

  /// Further headers. One that the SDK sets itself (`Accept`, `Content-Type`, `User-Agent`) is replaced.
  /// Refused are `x-api-key` and whatever decides where a message ends or how it is routed (`Host`,
  /// `Content-Length`, `Transfer-Encoding`, `Connection` and the like).
  std::vector<Header> headers = {};

  /// Further query parameters, behind those of the call itself.
  std::vector<QueryParameter> query = {};

  /// Ends the call when it is cancelled.
  CancellationToken cancel = {};

  /// Whether sending the call twice does no harm, which decides if it is retried after a loss that the server
  /// may have seen. Unless set: yes for GET, HEAD and OPTIONS, no for everything else.
  std::optional<bool> safe_to_repeat = {};

  /// For async calls, and not for list_all, which goes on without a place. In a callback on the client's own
  /// thread, where waiting would be for itself, a call neither waits nor fails: it goes in beyond the limit.
  WhenFull when_full = WhenFull::wait;
};

/// A call to any endpoint, for Client::call.
struct Request {
  /// Upper-case HTTP method.
  std::string method = "GET";

  /// Begins with `/` and is put behind Config::base_url as it stands, so anything but plain ASCII has to be
  /// percent-encoded already. A path that could lead elsewhere is refused: `..`, `//` at the beginning, `?`,
  /// `#`.
  std::string path = {};

  /// Appended to the path, in this order, each encoded.
  std::vector<QueryParameter> query = {};

  /// Sent as `application/json` unless RequestOptions::headers has another `Content-Type`.
  std::string body = {};
};

/// An answer with a status from 200 to 299; everything else is thrown as an Error. The body is unpacked,
/// while headers such as `Content-Length` and `Content-Encoding` are those of the packed one.
struct Response {
  /// 200 to 299.
  int status = 0;
  /// In order, repeated ones included.
  std::vector<Header> headers = {};
  /// Unpacked, otherwise as it was sent.
  std::string body = {};
  /// What the attempt that brought it did on the wire.
  Transfer transfer = {};
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
