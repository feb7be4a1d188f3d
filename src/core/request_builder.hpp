#pragma once

#include <operate/request.hpp>
#include <operate/transport.hpp>

#include <string>
#include <string_view>

namespace operate::core {

/// Puts a validated request together. `safe_to_repeat` is what holds where the options leave it open.
TransportRequest build_request(const Request& request, const RequestOptions& options, bool safe_to_repeat,
                               std::string_view base_url, const std::string& user_agent);

/// Whether the request has a body, if only an empty one.
bool sends_body(const TransportRequest& request);

}  // namespace operate::core
