#pragma once

#include "client/call_context.hpp"
#include "client/call_reporter.hpp"
#include "core/exchange.hpp"
#include "core/validation.hpp"
#include "http/curl_transport.hpp"

#include <operate/client.hpp>
#include <operate/config.hpp>
#include <operate/request.hpp>

#include <optional>
#include <string>

namespace operate {
inline namespace v0 {
namespace detail {

/// What all copies of a client share, and the blocking driver: it runs a Call over the transport on the
/// caller's thread. It knows no endpoint.
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
    CallReporter reporter(context_.config.observer.get(), request, *context_.key, *context_.clock);
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
  core::Exchange execute(const Request& request, const RequestOptions& options, bool safe_to_repeat,
                         CallReporter& reporter);

  client::CallContext context_;
  std::optional<http::CurlTransport> libcurl_;  // Empty where Config::transport stands in for it.
};

/// How the parts of the library that build on a Client reach what it shares.
class ClientAccess {
 public:
  static ClientState& state(const Client& client) { return *client.state_; }
};

}  // namespace detail
}  // namespace v0
}  // namespace operate
