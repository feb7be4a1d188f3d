#include "client/config.hpp"

#include "client/profile.hpp"
#include "core/base_url.hpp"
#include "core/decimal.hpp"
#include "core/refuse.hpp"
#include "credentials/environment.hpp"
#include "credentials/key_provider.hpp"

#include <operate/log.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>

namespace operate {

namespace {

using std::chrono::milliseconds;

void check_limit(const char* setting, milliseconds& limit) {
  if (limit.count() <= 0)
    core::refuse_setting(setting, std::string(setting) + " is " + std::to_string(limit.count()) +
                                      " ms; it must be more than zero.");
  limit = std::min(limit, client::longest_limit);
}

void check_range(const char* setting, std::size_t value, std::size_t least, std::size_t most) {
  if (value >= least && value <= most) return;
  core::refuse_setting(setting, std::string(setting) + " is " + std::to_string(value) + "; it must be from " +
                                    std::to_string(least) + " to " + std::to_string(most) + ".");
}

void check_ca_file(const std::string& setting, const std::string& path) {
  if (path.empty()) return;
  if (path.find('\0') != std::string::npos || std::ifstream(path).peek() == EOF)
    core::refuse_setting(setting, setting + " names no file that can be read and has something in it.");
}

}  // namespace

inline namespace OPERATE_ABI_NAMESPACE {

Config Config::from_environment() {
  Config config;
  client::Profile profile = client::read_profile();
  if (profile.base_url) config.base_url = std::move(*profile.base_url);
  auto source = detail::KeyProvider::in_environment();
  config.api_key = source.is_set() ? std::move(source) : std::move(profile.api_key);
  if (auto url = credentials::environment_variable("OPERATE_BASE_URL")) {
    // Checked here to name the variable; whether plain http will do is for the client to say.
    core::parse_base_url(*url, /*allow_plain_http=*/true, "OPERATE_BASE_URL");
    config.base_url = std::move(*url);
  }
  if (auto file = credentials::environment_variable("OPERATE_CA_FILE")) {
    check_ca_file("OPERATE_CA_FILE", *file);
    config.ca_file = std::move(*file);
  }
  if (const auto text = credentials::environment_variable("OPERATE_TIMEOUT")) {
    const auto timeout = core::parse_decimal(*text, 1000);
    if (!timeout || *timeout == 0)
      core::refuse_setting("OPERATE_TIMEOUT",
                           "OPERATE_TIMEOUT is no number of seconds of at least 0.001, such as 30 or 2.5.");
    config.timeout = std::min(milliseconds(*timeout), client::longest_limit);
  }
  if (const auto level = credentials::environment_variable("OPERATE_LOG")) {
    if (*level != "info" && *level != "debug")
      core::refuse_setting("OPERATE_LOG", "OPERATE_LOG is neither `info` nor `debug`.");
    config.observer = log_lines(*level == "info" ? LogLevel::info : LogLevel::debug);
  }
  return config;
}

}  // namespace OPERATE_ABI_NAMESPACE

Config client::checked(Config config) {
  check_limit("Config::connect_timeout", config.connect_timeout);
  check_limit("Config::stall_timeout", config.stall_timeout);
  check_limit("Config::timeout", config.timeout);
  check_limit("Config::deadline", config.deadline);
  check_limit("RetryPolicy::initial_delay", config.retry.initial_delay);
  check_limit("RetryPolicy::max_delay", config.retry.max_delay);
  if (config.retry.max_retries < 0 || config.retry.max_retries > 100)
    core::refuse_setting("RetryPolicy::max_retries", "RetryPolicy::max_retries is " +
                                                         std::to_string(config.retry.max_retries) +
                                                         "; it must be from 0 to 100.");
  if (config.retry.budget < 1 || config.retry.budget > 1'000'000)
    core::refuse_setting("RetryPolicy::budget", "RetryPolicy::budget is " +
                                                    std::to_string(config.retry.budget) +
                                                    "; it must be from 1 to 1,000,000.");
  check_range("Config::max_response_bytes", config.max_response_bytes, 1, SIZE_MAX);
  check_range("Config::max_connections", config.max_connections, 1, 10'000);
  check_range("Config::max_async_calls", config.max_async_calls, 1, SIZE_MAX);
  if (std::any_of(config.user_agent_suffix.begin(), config.user_agent_suffix.end(),
                  [](char c) { return c < ' ' || c > '~'; }))
    core::refuse_setting(
        "Config::user_agent_suffix",
        "Config::user_agent_suffix holds a line break or another character that is not visible ASCII "
        "or a blank.");
  if (config.user_agent_suffix.size() > 1024)
    core::refuse_setting("Config::user_agent_suffix",
                         "Config::user_agent_suffix has more than 1024 characters.");
  check_ca_file("Config::ca_file", config.ca_file);
  return config;
}

}  // namespace operate
