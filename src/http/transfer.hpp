#pragma once

#include "http/curl_transport.hpp"
#include "http/handle_pool.hpp"

#include <operate/transport.hpp>

namespace operate::http {

/// One request and its answer on a leased handle. The handle is reset first, every option is set anew.
TransportResult transfer(Handle& handle, const TransportSettings& settings, const TransportRequest& request,
                         const TransportLimits& limits);

}  // namespace operate::http
