#pragma once

#include "core/proxy.hpp"

#include <operate/config.hpp>

namespace operate::client {

/// The proxy on the way to the server: `Config::proxy`, or what the environment says where it is trusted;
/// empty where there is none, and always for this machine. Throws ConfigError for one that cannot be.
std::optional<core::Proxy> proxy_to(const core::BaseUrl& server, const Config& config);

}  // namespace operate::client
