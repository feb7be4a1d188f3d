#include "client/proxy.hpp"

#include "credentials/environment.hpp"

#include <initializer_list>
#include <string>
#include <utility>

namespace operate::client {

namespace {

// The first of the variables that is set, with its name.
std::optional<std::pair<std::string, std::string>> first_of(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (auto value = credentials::environment_variable(name)) return std::pair(std::string(name), *value);
  return std::nullopt;
}

}  // namespace

std::optional<core::Proxy> proxy_to(const core::BaseUrl& server, const Config& config) {
  // Also where it is not used, so that a mistake shows in tests against this machine.
  std::optional<core::Proxy> own;
  if (!config.proxy.empty()) own = core::parse_proxy(config.proxy, "Config::proxy");
  if (server.loopback) return std::nullopt;
  if (own) return own;
  if (!config.trust_environment) return std::nullopt;
  if (const auto list = first_of({"no_proxy", "NO_PROXY"});
      list && core::bypasses_proxy(list->second, server.authority))
    return std::nullopt;
  // Not HTTP_PROXY: a web server sets it for its CGI programs from a request's `Proxy` header.
  const auto proxy = server.tls ? first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
                                : first_of({"http_proxy", "all_proxy", "ALL_PROXY"});
  if (!proxy) return std::nullopt;
  return core::parse_proxy(proxy->second, proxy->first);
}

}  // namespace operate::client
