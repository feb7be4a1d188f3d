#include "core/trace_context.hpp"

#include "core/headers.hpp"

#include <algorithm>
#include <string_view>

namespace operate::core {

namespace {

constexpr std::string_view parent_name = "traceparent", state_name = "tracestate";
constexpr std::size_t most_state = 512;

// `00-`, 32 digits of the trace, 16 of the span, two of flags; neither id is all zeros.
bool is_parent(std::string_view text) {
  constexpr std::string_view form = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
  const auto fits = [](char c, char wanted) {
    return wanted == 'x' ? (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') : c == wanted;
  };
  return std::equal(text.begin(), text.end(), form.begin(), form.end(), fits) &&
         text.substr(3, 32).find_first_not_of('0') != std::string_view::npos &&
         text.substr(36, 16).find_first_not_of('0') != std::string_view::npos;
}

bool is_state(std::string_view text) {
  return !text.empty() && text.size() <= most_state &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

void set_trace_context(std::vector<Header>& headers, const TraceContext& context) {
  headers.erase(std::remove_if(headers.begin(), headers.end(),
                               [](const Header& header) {
                                 return same_name(header.name, parent_name) ||
                                        same_name(header.name, state_name);
                               }),
                headers.end());
  if (!is_parent(context.traceparent)) return;
  headers.push_back({std::string(parent_name), context.traceparent});
  if (is_state(context.tracestate)) headers.push_back({std::string(state_name), context.tracestate});
}

}  // namespace operate::core
