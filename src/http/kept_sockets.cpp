#include "http/kept_sockets.hpp"

#ifdef _WIN32
#include <winsock2.h>
#else
#include <poll.h>
#endif

#include <cstddef>

namespace operate::http {

namespace {

// A TLS library takes records from the socket ahead of what libcurl asks for, so that polling the socket does
// not show them (OpenSSL with libcurl 8.15 and newer; within one record, all of them). curl_easy_recv() reads
// as any transfer does, over whatever TLS library, and says CURLE_AGAIN if there is nothing. It wants
// CURLOPT_CONNECT_ONLY, which has no other effect on a transfer that is done.
bool has_data(CURL* easy) noexcept {
  char byte = 0;
  std::size_t bytes = 0;
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  const CURLcode code = curl_easy_recv(easy, &byte, 1, &bytes);
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 0L);
  return code != CURLE_AGAIN;
}

}  // namespace

KeptConnection::KeptConnection(CURL* easy) noexcept {
  long version = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  if (version >= CURL_HTTP_VERSION_2_0) return;
  curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket_);
  has_surplus_ = socket_ != CURL_SOCKET_BAD && has_data(easy);
}

KeptConnection KeptConnection::unread() noexcept {
  KeptConnection connection;
  connection.has_surplus_ = true;
  return connection;
}

bool KeptConnection::has_unasked_input() const noexcept {
  if (has_surplus_) return true;
  if (socket_ == CURL_SOCKET_BAD) return false;
#ifdef _WIN32
  WSAPOLLFD kept = {socket_, POLLIN, 0};
  return WSAPoll(&kept, 1, 0) != 0;
#else
  pollfd kept = {socket_, POLLIN, 0};
  return poll(&kept, 1, 0) != 0;
#endif
}

void KeptSockets::note(CURL* easy) noexcept {
  long port = 0;
  curl_easy_getinfo(easy, CURLINFO_LOCAL_PORT, &port);
  // Only what mark_unread() has put there: no allocation, and nothing for HTTP/2.
  const auto found = connections_.find(port);
  if (found != connections_.end()) found->second = KeptConnection(easy);
}

bool KeptSockets::has_unasked_input(long local_port) const {
  const auto found = connections_.find(local_port);
  return found != connections_.end() && found->second.has_unasked_input();
}

}  // namespace operate::http
