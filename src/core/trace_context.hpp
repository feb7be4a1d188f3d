#pragma once

#include <operate/header.hpp>
#include <operate/observer.hpp>

#include <vector>

namespace operate::core {

/// Makes `traceparent` and `tracestate` of the headers those of the context, in place of any that were there;
/// none where it is not what W3C's Trace Context (version 00) allows.
void set_trace_context(std::vector<Header>& headers, const TraceContext& context);

}  // namespace operate::core
