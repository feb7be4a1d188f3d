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

}  // namespace

CurlTransport::CurlTransport(TransportSettings settings)
    : settings_(std::move(settings)), pool_(settings_.max_connections) {
  initialise_library();
}

core::WireResult CurlTransport::send(const core::WireRequest& request, const core::ApiKey& key,
                                     const AttemptLimits& limits) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  HandlePool::Lease lease = pool_.lease(start + limits.deadline);
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  if (!lease) return core::WireFailure{TransportErrorKind::timeout, TimeLimit::pool, waited, false, {}};

  // Without TLS, libcurl writes to sockets itself and asks for no signal.
  std::optional<SigpipeGuard> guard;
  if (settings_.tls) guard.emplace();
  AttemptLimits left = limits;
  left.deadline -= waited;
  try {
    core::WireResult result = transfer(*lease, settings_, request, key, left);
    if (std::holds_alternative<core::WireFailure>(result)) lease.drop();
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
