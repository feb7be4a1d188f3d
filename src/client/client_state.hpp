#pragma once

#include "client/call_reporter.hpp"
#include "core/api_key.hpp"
#include "core/base_url.hpp"
#include "core/exchange.hpp"
#include "core/retry.hpp"
#include "core/throttle.hpp"
#include "core/validation.hpp"
#include "http/curl_transport.hpp"

#include <operate/client.hpp>
#include <operate/config.hpp>
#include <operate/request.hpp>
#include <operate/transport.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace operate {
inline namespace v0 {
namespace detail {

/// What all copies of a client share, and the blocking driver: it runs the core's decisions over the
/// transport, on the caller's thread. It knows no endpoint.
class ClientState {
 public:
  explicit ClientState(const Config& config);

  /// One call with its retries. `read` makes the value of an Exchange whose answer has any status, or throws
  /// the error that stands for it; before that, throws ValidationError before anything is sent and what
  /// core::raise_failure throws. `safe_to_repeat` is what holds where the options leave it open.
  template <class Read>
  auto call(const Request& request, const RequestOptions& options, bool safe_to_repeat, Read read) {
    core::validate(request);
    core::validate(options);
    CallReporter reporter(config_.observer.get(), request, *key_, *clock_);
    try {
      auto value = read(execute(request, options, safe_to_repeat, reporter));
      reporter.succeeded();
      return value;
    } catch (const Error& error) {
      reporter.failed(error);
      throw;
    }
  }

  /// The request as a command line, as Client::explain says.
  std::string explain(const Request& request, const RequestOptions& options) const;

 private:
  TransportRequest build(const Request& request, const RequestOptions& options, bool safe_to_repeat) const;
  core::Exchange execute(const Request& request, const RequestOptions& options, bool safe_to_repeat,
                         CallReporter& reporter);
  double jitter();
  /// Remembers what an attempt means for the client's other calls. `wait` is what the call itself would wait.
  void note(const TransportResult& result, const core::AttemptOutcome& outcome,
            std::chrono::milliseconds wait, Clock::time_point now);
  void report(CallReporter& reporter, const Request& request, const RequestOptions& options,
              const TransportRequest& wire, const core::Exchange& exchange, const TransportResult& result);
  /// When an attempt begins, and the connection for it; none where the transport is not the SDK's own.
  struct Turn {
    Clock::time_point begin;
    std::optional<http::HandlePool::Lease> lease;
  };
  /// Why there is no attempt; `held_for` says in how long attempts may begin again, where the server asked
  /// the client to stay away.
  struct NoTurn {
    TransportFailure failure;
    std::optional<std::chrono::milliseconds> held_for;
  };
  /// Waits until `due`, for as long as the server has asked the client to stay away, and for a connection.
  /// `reason` is why there is a wait until then.
  std::variant<Turn, NoTurn> wait_for_turn(Clock::time_point due, WaitReason reason,
                                           Clock::time_point deadline, const CancellationToken& cancel,
                                           CallReporter& reporter);
  /// Makes the next attempt a part of a trace, where the observer or the call has one.
  void trace(CallReporter& reporter, const RequestOptions& options, TransportRequest& wire,
             std::chrono::milliseconds waited);
  /// One attempt, over libcurl or over the transport that the user brought.
  TransportResult send(std::optional<http::HandlePool::Lease>& lease, const TransportRequest& request,
                       const TransportLimits& limits);

  Config config_;
  core::BaseUrl base_url_;
  std::shared_ptr<const core::ApiKey> key_;
  std::shared_ptr<Clock> clock_;
  std::string library_;
  std::string user_agent_;
  std::atomic<std::uint64_t> jitter_state_;
  core::Throttle throttle_;
  std::optional<http::CurlTransport> libcurl_;  // Empty where Config::transport stands in for it.
  EventDetail detail_;
};

/// How the parts of the library that build on a Client reach what it shares.
class ClientAccess {
 public:
  static ClientState& state(const Client& client) { return *client.state_; }
};

}  // namespace detail
}  // namespace v0
}  // namespace operate
