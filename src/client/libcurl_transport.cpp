#include "client/libcurl_transport.hpp"

#include "client/config.hpp"
#include "client/proxy.hpp"
#include "core/refuse.hpp"
#include "core/validation.hpp"

#include <operate/transport.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace operate {

namespace {

// The pool and the transfer, which the client's own driver uses one by one, as one step.
class LibcurlTransport : public Transport {
 public:
  LibcurlTransport(http::TransportSettings settings, std::string base_url)
      : transport_(std::move(settings)), base_url_(std::move(base_url)) {}

  TransportResult send(const TransportRequest& request, const TransportLimits& limits) override {
    validate(request);
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    };
    const auto deadline = std::min(limits.deadline, client::longest_limit);
    auto lease = transport_.reserve(deadline, limits.cancel);
    if (limits.cancel.is_cancelled())
      return TransportFailure{TransportErrorKind::cancelled, {}, elapsed(), false};
    const TransportLimits rest = {std::min(limits.timeout, client::longest_limit), deadline - elapsed(),
                                  limits.cancel};
    if (!lease || rest.deadline.count() <= 0)
      return TransportFailure{TransportErrorKind::timeout, TimeLimit::pool, elapsed(), false};
    return transport_.send(lease, request, rest);
  }

 private:
  // Whoever wraps this may have changed the request; the key goes to one host all the same, in one header.
  void validate(const TransportRequest& request) const {
    const std::string& url = request.url;
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    if (url.rfind(base_url_ + "/", 0) != 0 || !std::all_of(url.begin(), url.end(), is_visible))
      core::refuse_argument("url", "is not below Config::base_url, or holds what no URL does.");
    if (!std::all_of(request.api_key.begin(), request.api_key.end(), is_visible))
      core::refuse_argument("api_key", "holds what no key does.");
    Request line;
    line.method = request.method;
    line.path = url.substr(base_url_.size(), url.find('?') - base_url_.size());
    core::validate(line);
    RequestOptions options;
    options.headers = request.headers;
    core::validate(options);
  }

  http::CurlTransport transport_;
  std::string base_url_;
};

}  // namespace

http::TransportSettings client::transport_settings(const Config& config, const core::BaseUrl& base_url) {
  http::TransportSettings settings;
  settings.connect_timeout = config.connect_timeout;
  settings.stall_timeout = config.stall_timeout;
  settings.max_response_bytes = config.max_response_bytes;
  settings.max_connections = config.max_connections;
  settings.ca_file = config.ca_file;
  settings.proxy = client::proxy_to(base_url, config);
  settings.tls = base_url.tls || (settings.proxy && settings.proxy->speaks_tls());
  return settings;
}

inline namespace OPERATE_ABI_NAMESPACE {

Transport::~Transport() = default;

std::shared_ptr<Transport> libcurl_transport(const Config& config) {
  const Config checked = client::checked(config);
  const auto base_url = core::parse_base_url(checked.base_url, checked.allow_plain_http);
  return std::make_shared<LibcurlTransport>(client::transport_settings(checked, base_url), base_url.text);
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
