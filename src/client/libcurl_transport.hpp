#pragma once

#include "core/base_url.hpp"
#include "http/curl_transport.hpp"

#include <operate/config.hpp>

namespace operate::client {

/// What a checked configuration says of connections. Throws ConfigError for a proxy that cannot be.
http::TransportSettings transport_settings(const Config& config, const core::BaseUrl& base_url);

}  // namespace operate::client
