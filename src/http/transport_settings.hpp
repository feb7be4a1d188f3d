#pragma once

#include "core/proxy.hpp"

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
  std::string accepted_encodings = {};  ///< Set by prepared().
};

/// Initialises libcurl, and adds what it can unpack.
TransportSettings prepared(TransportSettings settings);

}  // namespace operate::http
