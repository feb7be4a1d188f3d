#pragma once

#include "core/api_key.hpp"
#include "core/base_url.hpp"
#include "core/exchange.hpp"
#include "http/curl_transport.hpp"

#include <operate/client.hpp>
#include <operate/config.hpp>
#include <operate/request.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace operate {
inline namespace v0 {
namespace detail {

/// What all copies of a client share, and the blocking driver: it runs the core's decisions over the
/// transport, on the caller's thread. It knows no endpoint.
class ClientState {
 public:
  explicit ClientState(const Config& config);

  /// One call with its retries. Returns with an answer of any status; throws ValidationError before anything
  /// is sent and what core::raise_failure throws. `safe_to_repeat` is what holds where the options leave it
  /// open.
  core::Exchange execute(const Request& request, const RequestOptions& options, bool safe_to_repeat);

 private:
  double jitter();

  Config config_;
  core::BaseUrl base_url_;
  std::shared_ptr<const core::ApiKey> key_;
  std::shared_ptr<Clock> clock_;
  std::string user_agent_;
  std::atomic<std::uint64_t> jitter_state_;
  http::CurlTransport transport_;
};

/// How the parts of the library that build on a Client reach what it shares.
class ClientAccess {
 public:
  static ClientState& state(const Client& client) { return *client.state_; }
};

}  // namespace detail
}  // namespace v0
}  // namespace operate
