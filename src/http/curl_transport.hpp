#pragma once

#include "core/api_key.hpp"
#include "core/proxy.hpp"
#include "core/wire.hpp"
#include "http/handle_pool.hpp"

#include <operate/cancellation.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace operate::http {

struct TransportSettings {
  std::chrono::milliseconds connect_timeout{0};
  std::chrono::milliseconds stall_timeout{0};
  std::size_t max_response_bytes = 0;
  std::size_t max_connections = 1;
  std::string ca_file = {};
  std::optional<core::Proxy> proxy = {};
  bool tls = true;                      ///< On the way to the server, or to the proxy.
  std::string accepted_encodings = {};  ///< Set by the transport.
};

/// What one attempt may take.
struct AttemptLimits {
  std::chrono::milliseconds timeout{0};
  std::chrono::milliseconds deadline{0};  ///< What is left of the call's.
  CancellationToken cancel = {};
};

/// Sends requests over libcurl. Any number of threads.
class CurlTransport {
 public:
  explicit CurlTransport(TransportSettings settings);

  /// Waits for one of the connections; empty where none became free in time, or before `cancel` was
  /// cancelled.
  HandlePool::Lease reserve(std::chrono::milliseconds at_most, const CancellationToken& cancel);

  /// One attempt. The key is added as `x-api-key`. The connection stays reserved, unless it was lost.
  core::WireResult send(HandlePool::Lease& lease, const core::WireRequest& request, const core::ApiKey& key,
                        const AttemptLimits& limits);

 private:
  TransportSettings settings_;
  HandlePool pool_;
};

/// `libcurl/7.88.1`
std::string library_version();

}  // namespace operate::http
