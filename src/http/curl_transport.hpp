#pragma once

#include "core/proxy.hpp"
#include "http/handle_pool.hpp"

#include <operate/cancellation.hpp>
#include <operate/transport.hpp>

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

/// The settings with all that libcurl says itself; initialises it.
TransportSettings prepared(TransportSettings settings);

/// Sends requests over libcurl. Any number of threads.
class CurlTransport {
 public:
  explicit CurlTransport(TransportSettings settings);

  /// Waits for one of the connections; empty where none became free in time, or before `cancel` was
  /// cancelled.
  HandlePool::Lease reserve(std::chrono::milliseconds at_most, const CancellationToken& cancel);

  /// One attempt. The connection stays reserved, unless it was lost.
  TransportResult send(HandlePool::Lease& lease, const TransportRequest& request,
                       const TransportLimits& limits);

  const TransportSettings& settings() const noexcept { return settings_; }

 private:
  TransportSettings settings_;
  HandlePool pool_;
};

/// `libcurl/7.88.1`
std::string library_version();

}  // namespace operate::http
