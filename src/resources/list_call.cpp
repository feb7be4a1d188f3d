#include "resources/list_call.hpp"

#include "core/validation.hpp"

#include <functional>
#include <utility>

namespace operate::resources {

core::Exchange call_list(detail::ClientState& client, std::string path, const ListOptions& options,
                         const RequestOptions& request_options, bool safe_to_repeat) {
  core::validate(options);
  Request request;
  request.path = std::move(path);
  request.query = {{"limit", std::to_string(options.limit)}, {"offset", std::to_string(options.offset)}};
  return client.execute(request, request_options, safe_to_repeat);
}

void add_to_fingerprint(std::size_t& fingerprint, std::string_view text) {
  fingerprint = fingerprint * 31 + std::hash<std::string_view>()(text);
}

}  // namespace operate::resources
