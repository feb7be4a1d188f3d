#pragma once

#include "core/api_key.hpp"
#include "core/wire.hpp"
#include "http/curl_transport.hpp"
#include "http/handle_pool.hpp"

namespace operate::http {

/// One request and its answer on a leased handle. The handle is reset first, every option is set anew.
core::WireResult transfer(Handle& handle, const TransportSettings& settings, const core::WireRequest& request,
                          const core::ApiKey& key, const AttemptLimits& limits);

}  // namespace operate::http
