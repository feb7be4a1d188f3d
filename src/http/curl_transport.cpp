#include "http/curl_transport.hpp"

#include "http/sigpipe_guard.hpp"
#include "http/transfer.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

namespace operate::http {

namespace {

// Once for the program, and never undone: other parts of the program may use libcurl too.
void initialise_library() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

// What CURLOPT_ACCEPT_ENCODING would make of "" at every call: all that libcurl can unpack. Not a static
// object, which would be gone when a client is used at the program's end.
std::string accepted_encodings() {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  std::string names;
  const auto add = [&](int feature, const char* name) {
    if (info->features & feature) names.append(names.empty() ? "" : ", ").append(name);
  };
  add(CURL_VERSION_LIBZ, "deflate, gzip");
  add(CURL_VERSION_BROTLI, "br");
  add(CURL_VERSION_ZSTD, "zstd");
  return names.empty() ? "identity" : names;
}

}  // namespace

TransportSettings prepared(TransportSettings settings) {
  initialise_library();
  settings.accepted_encodings = accepted_encodings();
  return settings;
}

CurlTransport::CurlTransport(TransportSettings settings)
    : settings_(prepared(std::move(settings))), pool_(settings_.max_connections) {}

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

}  // namespace operate::http
