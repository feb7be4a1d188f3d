#pragma once

#include <operate/error.hpp>
#include <operate/export.hpp>
#include <operate/header.hpp>
#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// What an Event tells of.
enum class EventKind {
  call,      ///< A call begins: it has a key, or has ended without one.
  wait,      ///< It waits before its next attempt.
  attempt,   ///< An attempt has ended.
  result,    ///< The call has ended, in a value or in an error.
  callback,  ///< What the call's result was given to, by Async::then, has thrown.
  key,       ///< The API key could not be read anew, and calls go on with the one that there is. Told by one
             ///< call in 30 seconds for as long as that lasts; for files and secrets managers alone, as a
             ///< program and a callback are only asked where the server has refused the key.
};

/// Why a call waits before an attempt.
enum class WaitReason {
  retry,       ///< The attempt before failed; RetryPolicy says for how long.
  rate_limit,  ///< The server asked for it: in answer to this call, or of the whole client.
};

/// How much an Observer is shown.
enum class EventDetail {
  facts,    ///< What Event itself holds: no header, no query, no body.
  headers,  ///< Event::message as well, without bodies.
  bodies,   ///< Bodies and query values, too, which hold personal data.
};

/// A request and its answer as they went over the wire, for an observer that asks for them. What may appear
/// is a list: of headers, the values of those that say how a message is to be read, cached, limited and
/// traced; of query parameters, `limit` and `offset`; the value of any other is `[removed]`. The key appears
/// nowhere, whatever the server sends.
struct EventMessage {
  /// Without query.
  std::string url = {};
  /// In order. All values are shown for EventDetail::bodies.
  std::vector<QueryParameter> query = {};
  /// What the SDK sent; `Host` and the like, which libcurl adds, are not among them.
  std::vector<Header> request_headers = {};
  /// Empty unless EventDetail::bodies was asked for.
  std::string request_body = {};
  /// Empty where there was no answer.
  std::vector<Header> response_headers = {};
  /// Unpacked; empty unless EventDetail::bodies was asked for.
  std::string response_body = {};
};

/// Something that happened to a call. It and everything in it is good until Observer::on returns. More
/// members may come.
struct Event {
  /// What it tells of.
  EventKind kind = EventKind::call;
  /// The call's number, from 1: no other call of this program that any observer hears of has the same. 0 for
  /// the `callback` of an async call that was refused before it was one.
  std::uint64_t call = 0;
  /// When it happened, by the machine's clock.
  std::chrono::system_clock::time_point time = {};
  /// The call's method.
  std::string_view method = {};
  /// The call's path, without Config::base_url and query. What was given to Client::call stands here.
  std::string_view path = {};
  /// For `attempt`, its number, from 1; otherwise how many there were so far.
  int attempt = 0;
  /// For `wait`, how long it will be; for `attempt`, how long the call had waited before it.
  std::chrono::milliseconds wait{0};
  /// For `wait`, why.
  WaitReason reason = WaitReason::retry;
  /// For `attempt` and `result`, how long it took; by Config::clock.
  std::chrono::milliseconds duration{0};
  /// The last attempt's answer's status; 0 where there was none.
  int status = 0;
  /// What failed in the last attempt, where it brought no whole answer; null otherwise.
  const TransportErrorKind* failure = nullptr;
  /// What the last attempt did on the wire; null where there was none yet.
  const Transfer* transfer = nullptr;
  /// For `result`, whether the call returns a value.
  bool succeeded = false;
  /// For `result`, the error that the call throws, for `callback` the Error that was thrown, if it is one,
  /// and for `key` the ConfigError that says why; null where it returns, and where it throws something else
  /// (std::bad_alloc, or what a Clock or a Transport of your own throws). What an ApiError or a DecodeError
  /// keeps of the answer, its body(), message() and headers(), is not cut to what Observer::detail asks for:
  /// what() and report() can be logged, these can not.
  const Error* error = nullptr;
  /// For `callback`, what was thrown; null otherwise. `error` is set, too, where it is an Error.
  std::exception_ptr exception = {};
  /// The W3C `traceparent` that the last attempt was sent with; empty where there was none.
  std::string_view traceparent = {};
  /// For `attempt`, where Observer::detail asks for it; null otherwise.
  const EventMessage* message = nullptr;
};

/// The W3C Trace Context headers of a request.
struct TraceContext {
  /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01` for example; version 00. What is no such value
  /// is not sent. Empty: none is sent.
  std::string traceparent = {};
  /// Sent beside a `traceparent`; empty: none is sent.
  std::string tracestate = {};
};

/// Hears what happens to a client's calls (Config::observer). One may serve any number of clients.
///
/// on() is called in the middle of a call, by the thread that makes it; of an async call by the client's own,
/// but for one that found no place, and for `callback`, which comes where the callback ran. By many threads
/// at once. It has to be quick, and must not call the client. What it throws is dropped and harms no call. A
/// call that was refused before anything was sent (ValidationError) makes no event.
class OPERATE_EXPORT Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer();

  /// Hears of an event.
  virtual void on(const Event& event) = 0;

  /// How much its events are to hold; asked once by each client, when it is made.
  virtual EventDetail detail() const { return EventDetail::facts; }

  /// The trace that an attempt is to belong to, asked just before it is sent, by the thread that sends (for
  /// an async call the client's own, which knows no thread's current span): the place to begin a span, which
  /// on() ends when it hears of the attempt. `attempt` is as the coming event will be, without its outcome;
  /// where a Transport of your own throws, none comes but the result. None where it throws. A call whose
  /// RequestOptions::headers have a `traceparent` or a `tracestate` of their own is not asked about: where
  /// all that is wanted is to pass on the trace of an incoming request, that is the way, and what is given
  /// there is sent as it stands.
  virtual TraceContext trace_context(const Event& attempt) {
    (void)attempt;
    return {};
  }
};

/// For Config::observer: one that passes each event on to all of these, in this order; null pointers are left
/// out. Each is shown what it asks for (Observer::detail) and no more. What one throws keeps no other from
/// hearing. They are asked for a trace context one by one, until one has it.
OPERATE_EXPORT std::shared_ptr<Observer> observe_all(std::vector<std::shared_ptr<Observer>> observers);

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
