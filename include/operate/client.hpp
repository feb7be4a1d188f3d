#pragma once

#include <operate/async.hpp>
#include <operate/companies.hpp>
#include <operate/config.hpp>
#include <operate/export.hpp>
#include <operate/people.hpp>
#include <operate/request.hpp>
#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <memory>
#include <string>

// Macros of other headers must not replace these members.
#pragma push_macro("call")
#pragma push_macro("check")
#undef call
#undef check

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {
class ClientAccess;
class ClientState;
}  // namespace detail

/// Where every call begins: owns the API key, the connections and the settings.
///
/// Cheap to copy: copies share everything, and what they share ends with the last of them and of what came
/// from them. Immutable, so any number of threads may use one at once; after a fork the child may use it,
/// too, on connections of its own (but no CancellationSource from before, and no client where another thread
/// was making the program's first one just then). Make one and keep it, so that connections are kept.
///
/// Has no thread until the first async call, and then one of its own, which ends with the last copy, and
/// the last of what came from them, as companies(), people() and lists: calls that are still under way then
/// end in a CancelledError, and whoever gave that up waits for it (but on a client's own thread, in a
/// callback: then nobody does, and it may still run when main() returns). Their callbacks have run then,
/// unless there is a Config::executor, which may still have some to run. Besides that thread there is one
/// while the source of the API key is asked on behalf of async calls, one for a Config::clock, and those for
/// a Config::transport.
class OPERATE_EXPORT Client {
 public:
  /// Throws ConfigError for a setting that cannot be, and where there is no key. Connects to nothing.
  explicit Client(const Config& config);

  /// Client(Config::from_environment()).
  static Client from_environment();

  // No move operations: a client that was moved from is a copy, and still works.
  /// Copies share everything: key, connections and limits.
  Client(const Client&) noexcept;
  /// Copies share everything: key, connections and limits.
  Client& operator=(const Client&) noexcept;
  ~Client();

  /// The companies of the key's organization. What is returned may outlive the client.
  Companies companies() const;
  /// The people of the key's organization. What is returned may outlive the client.
  People people() const;

  /// Any endpoint, documented or not, with the same key, limits, retries and errors. Returns answers with a
  /// status from 200 to 299; throws ValidationError for a path, header or method that cannot be sent,
  /// TransportError, and ApiError, also for a `success: false`.
  Response call(const Request& request, const RequestOptions& options = {}) const;

  /// The same without waiting for the answer; for a place in Config::max_async_calls see
  /// RequestOptions::when_full. Whatever call() throws comes with the result; this throws std::system_error
  /// or std::bad_alloc where the client's thread cannot be started.
  Async<Response> call_async(const Request& request, const RequestOptions& options = {}) const;

  /// Whether the key works, for a start-up or a readiness probe: one call that changes nothing, for one
  /// company, with the client's retries and limits (`options` can set shorter ones). Returns what happened on
  /// the wire; throws what Companies::list throws: InvalidApiKeyError for a key that is wrong or has expired,
  /// PermissionDeniedError for one that is good, but not for companies, DecodeError where something else than
  /// the API answers, TransportError where nothing does. For an answer without exceptions:
  /// `attempt([&] { return client.check(); })`. To observers it is a call like any other, and while the
  /// server has asked this client to stay away (429) it waits as any other does: a probe that must not fail
  /// then lets RateLimitError and TimeLimit::rate_limit pass.
  Transfer check(const RequestOptions& options = {}) const;

  /// What call() would send, as one command for a POSIX shell with curl (7.68 and newer), to be tried out by
  /// hand; nothing is sent. The key is not in it: the command reads `$OPERATE_API_KEY`, and for a proxy that
  /// wants a user `$OPERATE_PROXY_USER` (`user:password`). While curl runs, other users of the machine may
  /// see its arguments, and with them the key. The body and the query are in it, and may hold personal data.
  /// A query of more than 128 KiB once it is encoded makes a line that is too long for a shell.
  /// Makes one attempt, with its connect timeout and timeout; Observer::trace_context is not asked. Throws
  /// ValidationError as call() does.
  std::string explain(const Request& request, const RequestOptions& options = {}) const;

 private:
  friend class detail::ClientAccess;
  std::shared_ptr<detail::ClientState> state_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate

#pragma pop_macro("call")
#pragma pop_macro("check")
