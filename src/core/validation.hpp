#pragma once

#include <operate/list_options.hpp>
#include <operate/person.hpp>
#include <operate/request.hpp>

namespace operate::core {

// Each throws ValidationError, which names the argument and its limit and never shows a value that may be
// personal.

/// The ranges that the guide "Pagination" documents.
void validate(const ListOptions& options);
void validate(const ListAllOptions& options);

/// The rules of the reference page "people/create".
void validate(const NewPerson& person);

/// What could lead a call to another place, or end a header early.
void validate(const Request& request);
void validate(const RequestOptions& options);

}  // namespace operate::core
