#pragma once

#include <curl/curl.h>

#include <unordered_map>

namespace operate::http {

curl_socket_t kept_socket(CURL* easy) noexcept;
bool has_unasked_input(curl_socket_t socket) noexcept;

/// The sockets of a multi's kept HTTP/1 connections, by their local ports: before libcurl sends over a
/// connection, that is all that it tells of it.
///
/// What comes on a kept connection without being asked for would be taken for the next request's answer: the
/// rest of an answer, one too many, a farewell (408). Only HTTP/2 tells whom a message answers.
class KeptSockets {
 public:
  /// After a transfer that has brought an answer, before its handle leaves the multi. Without memory, it is
  /// not noted.
  void note(CURL* easy) noexcept;
  /// Whether something came on that connection since, or it was closed.
  bool has_unasked_input(long local_port) const;

 private:
  std::unordered_map<long, curl_socket_t> sockets_;
};

}  // namespace operate::http
