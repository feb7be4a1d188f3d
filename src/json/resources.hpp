#pragma once

#include "json/document.hpp"

#include <operate/company.hpp>
#include <operate/person.hpp>

#include <optional>
#include <string>

namespace operate::json {

/// Empty where the object has no string `id`, which is the one member that is documented.
std::optional<Company> read_company(const Value& object);

/// What is known of the person in the answer to a create. The API documents no schema, so the person may be
/// `data.person`, `data` or the answer itself; whatever is missing stays empty. `text` is the whole answer.
Person read_person(const Value& answer, const std::string& text);

/// The body of a create. The person must have passed core::validate.
std::string write_person(const NewPerson& person);

}  // namespace operate::json
