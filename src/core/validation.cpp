#include "core/validation.hpp"

#include "core/error_details.hpp"

#include <memory>
#include <utility>

namespace operate::core {

void refuse(std::string field, const std::string& message) {
  detail::ErrorDetails details;
  details.what = field + " " + message;
  details.subject = std::move(field);
  throw ValidationError(std::make_shared<const detail::ErrorDetails>(std::move(details)));
}

namespace {

void validate_page(const char* size_name, int size, std::int64_t offset) {
  if (size < 1 || size > 100)
    refuse(size_name, "is " + std::to_string(size) + "; the API takes 1 to 100 items a page.");
  if (offset < 0) refuse("offset", "is " + std::to_string(offset) + "; it must be 0 or more.");
}

}  // namespace

void validate(const ListOptions& options) { validate_page("limit", options.limit, options.offset); }

void validate(const ListAllOptions& options) {
  validate_page("page_size", options.page_size, options.offset);
  if (options.max_items && *options.max_items < 0)
    refuse("max_items", "is " + std::to_string(*options.max_items) + "; it must be 0 or more.");
}

}  // namespace operate::core
