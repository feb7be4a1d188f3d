#include "core/validation.hpp"

#include "core/error_details.hpp"

#include <memory>
#include <string>
#include <utility>

namespace operate::core {

namespace {

// The message goes on behind the argument's name: what was given, and the limit.
[[noreturn]] void refuse(std::string field, const std::string& message) {
  detail::ErrorDetails details;
  details.what = field + " " + message;
  details.subject = std::move(field);
  throw ValidationError(std::make_shared<const detail::ErrorDetails>(std::move(details)));
}

}  // namespace

void validate(const ListAllOptions& options) {
  if (options.page_size < 1 || options.page_size > 100)
    refuse("page_size", "is " + std::to_string(options.page_size) + "; the API takes 1 to 100 items a page.");
  if (options.offset < 0)
    refuse("offset", "is " + std::to_string(options.offset) + "; it must be 0 or more.");
  if (options.max_items && *options.max_items < 0)
    refuse("max_items", "is " + std::to_string(*options.max_items) + "; it must be 0 or more.");
}

}  // namespace operate::core
