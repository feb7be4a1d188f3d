#include "client/libcurl_transport.hpp"

#include "client/config.hpp"
#include "client/proxy.hpp"

#include <operate/transport.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace operate {

namespace {

// The pool and the transfer, which the client's own driver uses one by one, as one step.
class LibcurlTransport : public Transport {
 public:
  explicit LibcurlTransport(http::TransportSettings settings) : transport_(std::move(settings)) {}

  TransportResult send(const TransportRequest& request, const TransportLimits& limits) override {
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    };
    auto lease = transport_.reserve(limits.deadline, limits.cancel);
    if (limits.cancel.is_cancelled())
      return TransportFailure{TransportErrorKind::cancelled, {}, elapsed(), false};
    const TransportLimits rest = {limits.timeout, limits.deadline - elapsed(), limits.cancel};
    if (!lease || rest.deadline.count() <= 0)
      return TransportFailure{TransportErrorKind::timeout, TimeLimit::pool, elapsed(), false};
    return transport_.send(lease, request, rest);
  }

 private:
  http::CurlTransport transport_;
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

inline namespace v0 {

Transport::~Transport() = default;

std::shared_ptr<Transport> libcurl_transport(const Config& config) {
  const Config checked = client::checked(config);
  const auto base_url = core::parse_base_url(checked.base_url, checked.allow_plain_http);
  return std::make_shared<LibcurlTransport>(client::transport_settings(checked, base_url));
}

}  // namespace v0
}  // namespace operate
