#pragma once

#include "client/async_call.hpp"
#include "client/call_context.hpp"
#include "client/call_reporter.hpp"
#include "core/exchange.hpp"
#include "core/validation.hpp"
#include "http/curl_transport.hpp"
#include "sync/per_process.hpp"

#include <operate/async.hpp>
#include <operate/client.hpp>
#include <operate/config.hpp>
#include <operate/request.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace operate::client {
class Engine;
}

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// What all copies of a client share, and the drivers of its calls: one runs a Call over the transport on
/// the caller's thread, the other on the client's own. They know no endpoint.
class ClientState {
 public:
  explicit ClientState(const Config& config);
  ~ClientState();
  ClientState(const ClientState&) = delete;
  ClientState& operator=(const ClientState&) = delete;

  /// One call with its retries. `read` makes the value of an Exchange whose answer has any status, or throws
  /// the error that stands for it; before that, throws ValidationError before anything is sent and what
  /// core::raise_failure throws. `safe_to_repeat` is what holds where the options leave it open.
  template <class Read>
  auto call(const Request& request, const RequestOptions& options, bool safe_to_repeat, Read read) {
    core::validate(request);
    core::validate(options);
    CallReporter reporter(context_->config.observer.get(), request, *context_->keys, *context_->clock);
    try {
      auto value = read(execute(request, options, safe_to_repeat, reporter));
      reporter.succeeded();
      return value;
    } catch (const Error& error) {
      reporter.failed(error);
      throw;
    }
  }

  /// The same on the client's own thread. `make` makes the request; the ValidationError that it throws is an
  /// outcome like any other.
  AsyncHandle call_async(const std::function<Request()>& make, const RequestOptions& options,
                         bool safe_to_repeat, client::AsyncCall::Read read);
  /// For a `read` as call() takes it.
  template <class Make, class Read>
  auto call_async_by(Make make, const RequestOptions& options, bool safe_to_repeat, Read read) {
    using Value = std::invoke_result_t<Read&, core::Exchange&&>;
    return Async<Value>(
        call_async(make, options, safe_to_repeat, [read](core::Exchange&& exchange) -> std::shared_ptr<void> {
          return std::make_shared<Value>(read(std::move(exchange)));
        }));
  }

  /// The request as a command line, as Client::explain says.
  std::string explain(const Request& request, const RequestOptions& options) const;

 private:
  client::Engine& engine();
  core::Exchange execute(const Request& request, const RequestOptions& options, bool safe_to_repeat,
                         CallReporter& reporter);

  const std::shared_ptr<client::CallContext> context_;
  std::optional<http::CurlTransport> libcurl_;  // Empty where Config::transport stands in for it.
  sync::PerProcess<client::Engine> engine_;
};

/// How the parts of the library that build on a Client reach what it shares.
class ClientAccess {
 public:
  static ClientState& state(const Client& client) { return *client.state_; }
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
