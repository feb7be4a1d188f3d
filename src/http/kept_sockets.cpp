#include "http/kept_sockets.hpp"

#ifdef _WIN32
#include <winsock2.h>
#else
#include <poll.h>
#endif

namespace operate::http {

void KeptSockets::note(CURL* easy) noexcept {
  long version = 0, port = 0;
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &port);
  curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
  sockets_.erase(port);
  if (version >= CURL_HTTP_VERSION_2_0 || socket == CURL_SOCKET_BAD) return;
  try {
    sockets_[port] = socket;
  } catch (...) {  // NOLINT(bugprone-empty-catch): what is not noted is not looked at.
  }
}

bool KeptSockets::has_unasked_input(long local_port) const {
  const auto found = sockets_.find(local_port);
  if (found == sockets_.end()) return false;
#ifdef _WIN32
  WSAPOLLFD kept = {found->second, POLLIN, 0};
  return WSAPoll(&kept, 1, 0) != 0;
#else
  pollfd kept = {found->second, POLLIN, 0};
  return poll(&kept, 1, 0) != 0;
#endif
}

}  // namespace operate::http
