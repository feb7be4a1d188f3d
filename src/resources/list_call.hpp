#pragma once

#include "json/document.hpp"

#include <operate/detail/page_walk.hpp>
#include <operate/list_options.hpp>
#include <operate/request.hpp>

#include <string>

namespace operate::resources {

/// What asks for one page. Throws ValidationError.
Request list_request(std::string path, const ListOptions& options);

/// Takes note of a page's next item.
void add_item(detail::PageContent& content, const json::Value& item);

}  // namespace operate::resources
