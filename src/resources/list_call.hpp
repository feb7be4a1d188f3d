#pragma once

#include "client/client_state.hpp"
#include "core/exchange.hpp"

#include <operate/list_options.hpp>
#include <operate/request.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace operate::resources {

/// Asks for one page. Throws ValidationError and what ClientState::execute throws.
core::Exchange call_list(detail::ClientState& client, std::string path, const ListOptions& options,
                         const RequestOptions& request_options, bool safe_to_repeat);

/// Takes note of an item's text in a page's fingerprint.
void add_to_fingerprint(std::size_t& fingerprint, std::string_view text);

}  // namespace operate::resources
