#include "client/call_context.hpp"

#include "client/config.hpp"
#include "client/libcurl_transport.hpp"
#include "client/real_clock.hpp"
#include "core/names.hpp"
#include "core/refuse.hpp"
#include "core/request_builder.hpp"
#include "credentials/key_provider.hpp"
#include "http/curl_transport.hpp"

#include <algorithm>
#include <cstddef>
#include <random>

namespace operate::client {

namespace {

std::shared_ptr<const detail::KeyProvider> provider_of(const Config& config) {
  auto provider = detail::KeyProvider::of(config.api_key);
  if (!config.allow_key_command) provider->forbid_programs_of_settings();
  return provider;
}

detail::Reach reach_of(const Config& config, const std::string& user_agent) {
  // What a connection goes by, and nothing that would keep the program's own things alive.
  Config settings;
  settings.connect_timeout = config.connect_timeout;
  settings.stall_timeout = config.stall_timeout;
  settings.max_response_bytes = std::min<std::size_t>(config.max_response_bytes, 1u << 20);
  settings.max_connections = 1;
  settings.proxy = config.proxy;
  settings.trust_environment = config.trust_environment;
  settings.ca_file = config.ca_file;
  return {[settings](const core::BaseUrl& site) { return transport_settings(settings, site); }, user_agent,
          config.timeout};
}

std::string user_agent_of(const std::string& library, const std::string& suffix) {
  std::string text = std::string(core::sdk_name) + "/" + core::sdk_version;
  for (const std::string* more : {&library, &suffix})
    if (!more->empty()) text.append(" ").append(*more);
  return text;
}

}  // namespace

CallContext::CallContext(const Config& settings)
    : config(checked(settings)),
      base_url(core::parse_base_url(config.base_url, config.allow_plain_http)),
      clock(config.clock ? config.clock : std::make_shared<RealClock>()),
      library(config.transport ? "" : http::library_version()),
      user_agent(user_agent_of(library, config.user_agent_suffix)),
      keys(std::make_shared<credentials::KeyCache>(provider_of(config), clock, reach_of(config, user_agent))),
      detail(config.observer ? config.observer->detail() : EventDetail::facts),
      throttle(config.retry.budget),
      jitter_state_((static_cast<std::uint64_t>(std::random_device()()) << 32) | std::random_device()()) {}

CallContext::Limits CallContext::limits_of(const RequestOptions& options) const {
  return {std::min(options.timeout.value_or(config.timeout), longest_limit),
          std::min(options.deadline.value_or(config.deadline), longest_limit)};
}

TransportRequest CallContext::build(const Request& request, const RequestOptions& options,
                                    bool safe_to_repeat) const {
  return core::build_request(request, options, safe_to_repeat, base_url.text, user_agent);
}

// SplitMix64, whose state is one number that threads can share without a lock.
double CallContext::jitter() {
  constexpr std::uint64_t step = 0x9E3779B97F4A7C15;
  std::uint64_t bits = jitter_state_.fetch_add(step, std::memory_order_relaxed) + step;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  bits ^= bits >> 31;
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace operate::client
