#pragma once

#include "core/exchange.hpp"

#include <operate/observer.hpp>
#include <operate/request.hpp>
#include <operate/transport.hpp>

#include <string_view>

namespace operate::core {

/// What an observer may see of an attempt that asks for `detail`, headers or bodies: the lists that
/// EventMessage speaks of are here. `exchange` has the keys that are taken out. `answer` is null
/// where there was none.
EventMessage event_message(std::string_view base_url, const Request& request, const RequestOptions& options,
                           const TransportRequest& wire, const TransportResponse* answer,
                           const Exchange& exchange, EventDetail detail);

/// The same message as an observer sees it that asks for EventDetail::headers.
EventMessage headers_only(const EventMessage& message);

}  // namespace operate::core
