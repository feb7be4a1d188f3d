#include "resources/list_call.hpp"

#include "core/validation.hpp"

#include <functional>
#include <utility>

namespace operate::resources {

Request list_request(std::string path, const ListOptions& options) {
  core::validate(options);
  Request request;
  request.path = std::move(path);
  request.query = {{"limit", std::to_string(options.limit)}, {"offset", std::to_string(options.offset)}};
  return request;
}

void add_to_fingerprint(std::size_t& fingerprint, std::string_view text) {
  fingerprint = fingerprint * 31 + std::hash<std::string_view>()(text);
}

}  // namespace operate::resources
