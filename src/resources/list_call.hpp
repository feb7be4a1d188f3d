#pragma once

#include <operate/list_options.hpp>
#include <operate/request.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace operate::resources {

/// What asks for one page. Throws ValidationError.
Request list_request(std::string path, const ListOptions& options);

/// Takes note of an item's text in a page's fingerprint.
void add_to_fingerprint(std::size_t& fingerprint, std::string_view text);

}  // namespace operate::resources
