#pragma once

#include "core/base_url.hpp"
#include "core/throttle.hpp"
#include "credentials/key_cache.hpp"

#include <operate/config.hpp>
#include <operate/request.hpp>
#include <operate/transport.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace operate::client {

/// What all calls of a client go by and share, whichever thread makes them. Any number of threads.
struct CallContext {
  /// Throws ConfigError for settings that cannot be.
  explicit CallContext(const Config& settings);

  /// How long an attempt and the whole call may take.
  struct Limits {
    std::chrono::milliseconds timeout, deadline;
  };
  Limits limits_of(const RequestOptions& options) const;

  /// The request as it goes out, but for the key.
  TransportRequest build(const Request& request, const RequestOptions& options, bool safe_to_repeat) const;

  /// Drawn evenly from [0, 1).
  double jitter();

  const Config config;
  const core::BaseUrl base_url;
  const std::shared_ptr<Clock> clock;
  const std::string library;  ///< The one that sends, with its version; empty for a transport of the user's.
  const std::string user_agent;
  const std::shared_ptr<credentials::KeyCache> keys;
  const EventDetail detail;
  core::Throttle throttle;

 private:
  std::atomic<std::uint64_t> jitter_state_;
};

}  // namespace operate::client
