#include "core/base_url.hpp"

#include "core/headers.hpp"
#include "core/path.hpp"
#include "core/refuse.hpp"

#include <cstddef>

namespace operate::core {

std::optional<std::string> read_base_url(std::string_view url, BaseUrl& result) {
  if (url.size() > 2048) return "has more than 2048 characters";
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return "has no scheme";
  std::string scheme(url.substr(0, scheme_end));
  if (!same_name(scheme, "https") && !same_name(scheme, "http")) return "has another scheme than https";
  const bool tls = scheme.size() == 5;
  scheme = tls ? "https" : "http";

  const std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t authority_end = rest.find_first_of("/?#\\");
  const std::string_view authority = rest.substr(0, authority_end);
  std::string_view path = authority_end == std::string_view::npos ? "" : rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos)
    return "holds a user name or a password, which nothing here uses";
  if (path.find('?') != std::string_view::npos) return "holds a query";
  if (path.find('#') != std::string_view::npos) return "holds a fragment";

  if (auto problem = read_authority(authority, result.authority)) return problem;
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!path.empty())
    if (const auto problem = problem_of_path(path)) return "has a path that " + *problem;

  result.tls = tls;
  result.loopback = is_loopback(result.authority.host);
  if (result.authority.port == 0) result.authority.port = tls ? 443 : 80;
  result.text = scheme + "://" + std::string(authority) + std::string(path);
  return std::nullopt;
}

BaseUrl parse_base_url(std::string_view url, bool allow_plain_http, const std::string& setting,
                       const std::string& place) {
  BaseUrl result;
  auto problem = read_base_url(url, result);
  if (!problem && !result.tls && !result.loopback && !allow_plain_http)
    problem =
        "is http to a host that is not this machine, where everybody on the way could read the key; use "
        "https, or "
        "Config::allow_plain_http where the network is yours (the URL may also come from OPERATE_BASE_URL or "
        "a "
        "settings file)";
  if (problem)
    refuse_setting(setting,
                   (place.empty() ? setting : place) + " " + *problem +
                       ". It has the form https://host, https://host:port or https://host/path; the default "
                       "is https://api.operate.so.");
  return result;
}

}  // namespace operate::core
