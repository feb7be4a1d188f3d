#include "http/kept_sockets.hpp"

#ifdef _WIN32
#include <winsock2.h>
#else
#include <poll.h>
#endif

namespace operate::http {

curl_socket_t kept_socket(CURL* easy) noexcept {
  long version = 0;
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  if (version < CURL_HTTP_VERSION_2_0) curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
  return socket;
}

bool has_unasked_input(curl_socket_t socket) noexcept {
  if (socket == CURL_SOCKET_BAD) return false;
#ifdef _WIN32
  WSAPOLLFD kept = {socket, POLLIN, 0};
  return WSAPoll(&kept, 1, 0) != 0;
#else
  pollfd kept = {socket, POLLIN, 0};
  return poll(&kept, 1, 0) != 0;
#endif
}

void KeptSockets::note(CURL* easy) noexcept {
  long port = 0;
  curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &port);
  try {
    sockets_[port] = kept_socket(easy);
  } catch (...) {  // NOLINT(bugprone-empty-catch): what is not noted is not looked at.
  }
}

bool KeptSockets::has_unasked_input(long local_port) const {
  const auto found = sockets_.find(local_port);
  return found != sockets_.end() && http::has_unasked_input(found->second);
}

}  // namespace operate::http
