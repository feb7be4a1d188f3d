#pragma once

#include <operate/list_options.hpp>

#include <string>

namespace operate::core {

/// Throws the ValidationError for an argument; `message` says what was given, and the limit.
[[noreturn]] void refuse(std::string field, const std::string& message);

/// Throw ValidationError for options out of the ranges that the guide "Pagination" documents.
void validate(const ListOptions& options);
void validate(const ListAllOptions& options);

}  // namespace operate::core
