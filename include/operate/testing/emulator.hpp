#pragma once

#include <operate/config.hpp>
#include <operate/header.hpp>
#include <operate/json_text.hpp>
#include <operate/testing/received_request.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// What an emulator begins with.
struct EmulatorOptions {
  /// How many companies the organization has; 0 and up. Each has `id`, `name`, `logo`, `domain`, `employees`,
  /// `active`, `tags` and `address`, of which the SDK knows the first two.
  /// Without meaning where `state` is set.
  int companies = 73;
  /// 0: a free one.
  std::uint16_t port = 0;
  /// Serves https, with a certificate that is made at the start.
  bool tls = false;
  /// What it begins with, instead of invented companies: JSON as Emulator::state() gives it, of which each
  /// member may be left out. Every company and person is an object with a string `id`; everything else in it
  /// is served as it stands.
  JsonText state = {};
};

/// An answer of your own. Operate's envelope is `{"success": true, "data": {...}}`, for lists with
/// `"data": {"deals": [...], "pagination": {"total": 1, "limit": 50, "offset": 0}}`, and for errors
/// `{"success": false, "error": {"type": "...", "message": "..."}}`. What answers a create is not documented;
/// the emulator's own answer is the person with an `id`, in `data`.
struct EmulatorResponse {
  /// 200 to 599.
  int status = 200;
  /// `Content-Type` is `application/json` unless it stands here. `Content-Length`, `Transfer-Encoding` and
  /// `Connection` cannot: the emulator sets them.
  std::vector<Header> headers = {};
  /// As it is sent: packed only where you have packed it, and cut to no `Range`. The answer to a HEAD, and
  /// one with the status 204 or 304, is sent without it.
  std::string body = {};
  /// How long the answer is held back; 0 and up, at most a day.
  std::chrono::milliseconds delay{0};
};

/// How the way of an answer to the client ends. Where a connection that was kept from an earlier call is lost
/// without a byte (`drop`, `reset`), the client at once tries once more on a new one, within the same
/// attempt, what is safe to repeat: that uses up a second fault.
enum class FaultKind {
  drop,  ///< Closed without a byte of the answer.
  /// Silence, until the client leaves or the emulator ends. What ends it in a client is Config::timeout:
  /// Config::stall_timeout does not limit how long a server thinks before it answers.
  stall,
  reset,                    ///< A TCP reset without a byte of the answer.
  reset_after_status_line,  ///< A TCP reset behind the answer's first line.
  /// All headers and half of the body, then closed. Where there is no body (to a HEAD, with 204 and 304, or
  /// an empty one), the same as `reset_after_status_line`.
  half_body,
  /// All headers and half of the body, or half of the headers where there is no body; then silence, until the
  /// client leaves or the emulator ends. This is what Config::stall_timeout ends.
  stall_in_body,
  slow_bytes,  ///< The whole answer, but one byte at a time.
};

/// What happens to a request in place of an answer that arrives.
struct Fault {
  /// What the client sees.
  FaultKind kind = FaultKind::drop;
  /// Whether the server does what it was asked to: whether a person whose answer is lost was created. Where
  /// false, whatever arrives of an answer is that of a 503 of the type `undocumented`.
  bool carried_out = true;
  /// For FaultKind::slow_bytes, the pause behind each byte; 0 and up, at most a day.
  std::chrono::milliseconds pause{10};
  /// The requests that it befalls: those to this path, which is decoded and compared whole. It waits in line
  /// for one and lets the others pass. Empty: any request.
  std::string path = {};
};

/// A server that answers as Operate's documentation says, on a free port of this machine, in the program that
/// made it: for tests of your own service. Begins in its constructor, ends in its destructor, which closes
/// the connections that are still open and waits for nothing but handlers that still run. Not for objects
/// that outlive main.
///
/// It knows `GET /companies/list` and `POST /v/alpha/people/create`, checks every documented rule, and asks
/// for a key. Where the documentation is silent about what a refusal looks like, it answers with an error
/// whose type is `undocumented`, so that no test comes to rely on it.
///
/// Thread safety: any number of threads at once.
class Emulator {
 public:
  /// What answers the requests of a route.
  using Handler = std::function<EmulatorResponse(const ReceivedRequest&)>;

  /// Throws std::runtime_error where the port is taken, or no certificate or temporary folder can be made,
  /// std::invalid_argument for a state that is none.
  explicit Emulator(const EmulatorOptions& options = {});
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  /// `http://127.0.0.1:PORT`, or `https`.
  std::string base_url() const;

  /// A PEM file with its certificate, for Config::ca_file; it goes with the emulator. Empty without TLS.
  std::string ca_file() const;

  /// The three keys that it begins with: a good one, one that gets 401, one that gets 403. Any other gets
  /// 401. After rotate_api_key(), this is the new one.
  std::string api_key() const;
  /// A key that gets 401.
  std::string expired_api_key() const;
  /// A key that gets 403.
  std::string forbidden_api_key() const;

  /// Settings with the base URL, the certificate and the good key, and with retries that hardly wait, so that
  /// tests are quick.
  Config config() const;

  /// All that it holds now, people that were created included: `{"companies": [...], "people": [...]}`, in
  /// the order in which they came.
  JsonText state() const;

  /// From now on, this key is the good one. The one that was gets 401: at once, or after `keep_previous`, at
  /// most a year; those from before it stay good for as long as they were told. Throws std::invalid_argument
  /// for an empty key, one with a blank, a control character or a character that is not ASCII, which no
  /// client can send, one of the two that are refused, and a negative time.
  void rotate_api_key(std::string key,
                      std::chrono::milliseconds keep_previous = std::chrono::milliseconds(0));

  /// Adds a company, at the end or in front of the one at `position`, counted from 0. Throws
  /// std::invalid_argument for anything but an object with a string `id`, and for a position behind the end.
  void add_company(const JsonText& company, std::optional<std::size_t> position = {});
  /// Takes the first company with this id away; false where there is none.
  bool remove_company(const std::string& id);
  /// Called on the emulator's threads each time a page of `GET /companies/list` has been put together, before
  /// it is sent: companies that it adds or removes come or go between this page and the next. It may call
  /// the emulator's methods. Its exception is answered with 500. Takes the place of the one before; empty:
  /// none. What it refers to has to outlive the emulator: it may still run, for pages that were fetched
  /// ahead, when the list and its client have gone, or another has taken its place.
  void after_each_page(std::function<void(const ReceivedRequest&)> change);

  /// Adds an endpoint of your own, or takes the place of a built-in one. `method` is any in capitals, also
  /// one that HTTP does not define; `path` is decoded and compared whole. The handler runs on the emulator's
  /// threads, several at once, and what it refers to has to outlive the emulator. Its exception, or an answer
  /// that cannot be sent, is answered with 500. Throws std::invalid_argument for an empty handler, and for a
  /// method or path that no request has.
  void add_route(std::string method, std::string path, Handler handler);

  /// Answers the next request with this, whatever it asks for and with whichever key; where there is a
  /// `path`, the next request to it, as Fault::path says. Further calls line up. Throws std::invalid_argument
  /// for an answer that cannot be sent, and for a path that does not begin with `/`.
  void answer_next(EmulatorResponse answer, std::string path = {});
  /// Lets the next requests fail, whatever they ask for unless Fault::path says it; what is carried out is
  /// what an emulator without the fault would do. Stands in one line with answer_next() and limit_next(), in
  /// the order of the calls: a request gets the first that is for its path. Throws std::invalid_argument for
  /// fewer than one time, a negative pause, and a path that does not begin with `/`.
  void fail_next(const Fault& fault, int times = 1);
  /// Answers the next requests, or those to a path, with 429 and `Retry-After`; the error's type is
  /// `undocumented`. Throws std::invalid_argument for fewer than one time, a negative wait, and a path that
  /// does not begin with `/`.
  void limit_next(int times, std::chrono::seconds retry_after, std::string path = {});
  /// Forgets what answer_next(), fail_next() and limit_next() have lined up.
  void clear_next();
  /// From now on, each answer is held back by this, and by its own delay; at most a day. Throws
  /// std::invalid_argument for a negative time.
  void set_latency(std::chrono::milliseconds latency);

  /// The requests that have come, the newest 1,000 in the order in which they did: also those that were
  /// refused or failed, with any method and of any length, but not what is no HTTP/1.1: that gets a bare 400,
  /// and uses up nothing that is lined up. Query and headers stand in the order in which they came. The value
  /// of `x-api-key` is `[removed]`.
  std::vector<ReceivedRequest> requests() const;
  /// Forgets the requests that have come.
  void clear_requests();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
