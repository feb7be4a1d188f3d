#pragma once

#include <operate/config.hpp>

#include <chrono>

namespace operate::client {

/// The longest limit of time: 24 days, which is what libcurl's milliseconds hold everywhere.
inline constexpr std::chrono::milliseconds longest_limit = std::chrono::hours(24 * 24);

/// Throws ConfigError for what cannot be; `api_key` and `base_url` are checked where they are read. Returns
/// the settings with their limits of time cut to the longest.
Config checked(Config config);

}  // namespace operate::client
