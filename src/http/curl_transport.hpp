#pragma once

#include "http/handle_pool.hpp"
#include "http/transport_settings.hpp"

#include <operate/cancellation.hpp>
#include <operate/transport.hpp>

#include <chrono>
#include <string>

namespace operate::http {

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

/// Whether this libcurl signs all headers that AWS wants signed; known are 7.81, which signs two, and 7.88.
bool signs_for_aws();

}  // namespace operate::http
