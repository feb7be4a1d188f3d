#pragma once

#include <operate/observer.hpp>

#include <string>
#include <string_view>

namespace operate::observe {

/// `call`, `wait`, `attempt`, `result`, `callback` or `key`.
const char* name_of(EventKind kind);

/// `retry` or `rate_limit`.
const char* name_of(WaitReason reason);

/// What the last attempt brought: a status, or what failed; empty where there was none.
std::string outcome_of(const Event& event);

/// A request id that can stand in a log; empty for anything else that a server may send as one.
std::string_view request_id_of(const Event& event);

}  // namespace operate::observe
