#include "http/curl_transport.hpp"

#include "http/sigpipe_guard.hpp"
#include "http/transfer.hpp"

#include <curl/curl.h>

#include <optional>
#include <utility>
#include <variant>

namespace operate::http {

CurlTransport::CurlTransport(TransportSettings settings)
    : settings_(prepared(std::move(settings))), pool_(settings_) {}

HandlePool::Lease CurlTransport::reserve(std::chrono::milliseconds at_most, const CancellationToken& cancel) {
  return pool_.lease(std::chrono::steady_clock::now() + at_most, cancel);
}

TransportResult CurlTransport::send(HandlePool::Lease& lease, const TransportRequest& request,
                                    const TransportLimits& limits) {
  // Without TLS, libcurl writes to sockets itself and asks for no signal.
  std::optional<SigpipeGuard> guard;
  if (settings_.tls) guard.emplace();
  try {
    TransportResult result = transfer(*lease, settings_, request, limits);
    if (std::holds_alternative<TransportFailure>(result)) lease.drop();
    return result;
  } catch (...) {
    lease.drop();
    throw;
  }
}

std::string library_version() {
  return std::string("libcurl/") + curl_version_info(CURLVERSION_NOW)->version;
}

bool signs_for_aws() { return curl_version_info(CURLVERSION_NOW)->version_num >= 0x075800; }

}  // namespace operate::http
