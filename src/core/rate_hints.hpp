#pragma once

#include <operate/header.hpp>

#include <chrono>
#include <optional>
#include <vector>

namespace operate::core {

// What a server says in headers about when to come back. Operate documents none of them; proxies and gateways
// send them all the same. Dates count from the answer's own `Date` where it has one, so that a clock that is
// wrong here does no harm, and from `now` elsewhere. What cannot be read counts as not there; a wait of more
// than a year counts as a year.

/// How long to wait before this call is repeated: `Retry-After-Ms`, or `Retry-After` in seconds, with a
/// fraction or without, or as a date; one that has passed is zero.
std::optional<std::chrono::milliseconds> retry_after(const std::vector<Header>& headers,
                                                     std::chrono::system_clock::time_point now);

/// How long to wait before any call: `RateLimit-Reset` or `X-RateLimit-Reset`, as seconds from now or as a
/// time in seconds or milliseconds since 1970, where `RateLimit-Remaining` or `X-RateLimit-Remaining` beside
/// it is zero.
std::optional<std::chrono::milliseconds> rate_limit_reset(const std::vector<Header>& headers,
                                                          std::chrono::system_clock::time_point now);

}  // namespace operate::core
