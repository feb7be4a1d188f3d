#pragma once

#include <operate/version.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// What one attempt did on the wire. Each time is 0 where there was no such step: nothing is looked up and no
/// connection is made where one was kept.
struct Transfer {
  /// The answer's `x-request-id`, which the API does not document; empty where there was none.
  std::string request_id = {};
  /// `1.0`, `1.1` or `2`, over a Transport of your own also `3`; empty where no answer began.
  std::string http_version = {};
  /// Whether it was made over a connection of an earlier call's.
  bool connection_reused = false;
  /// Bytes of the body that were sent.
  std::int64_t bytes_sent = 0;
  /// Bytes of the answer's body as they came, before unpacking.
  std::int64_t bytes_received = 0;
  /// How long looking up the host's name took.
  std::chrono::microseconds name_lookup{0};
  /// How long connecting took, to the server or its proxy.
  std::chrono::microseconds connect{0};
  /// How long the TLS handshake took; through a proxy, opening the tunnel included.
  std::chrono::microseconds tls{0};
  /// From the attempt's beginning to the answer's first byte; 0 where none came.
  std::chrono::microseconds first_byte{0};
  /// The whole attempt.
  std::chrono::microseconds total{0};
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
