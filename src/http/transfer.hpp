#pragma once

#include "http/handle_pool.hpp"
#include "http/transport_settings.hpp"

#include <operate/transport.hpp>

namespace operate::http {

/// One request and its answer on a leased handle.
TransportResult transfer(Handle& handle, const TransportSettings& settings, const TransportRequest& request,
                         const TransportLimits& limits);

}  // namespace operate::http
