#pragma once

#include <operate/list_options.hpp>

namespace operate::core {

/// Throws ValidationError for options out of the ranges that the guide "Pagination" documents.
void validate(const ListAllOptions& options);

}  // namespace operate::core
