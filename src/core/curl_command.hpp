#pragma once

#include "core/proxy.hpp"

#include <operate/transport.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace operate::core {

/// What a line for curl has to say of the connection.
struct CurlSettings {
  std::chrono::milliseconds connect_timeout{0};
  std::chrono::milliseconds timeout{0};
  std::string ca_file = {};
  std::optional<Proxy> proxy = {};
};

/// One command for a POSIX shell that sends the request with curl. The key is `$OPERATE_API_KEY`, a proxy's
/// user and password `$OPERATE_PROXY_USER`.
std::string curl_command(const TransportRequest& request, const CurlSettings& settings);

}  // namespace operate::core
