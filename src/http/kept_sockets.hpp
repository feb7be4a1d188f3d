#pragma once

#include <curl/curl.h>

#include <unordered_map>

namespace operate::http {

/// The HTTP/1 connection that libcurl keeps after a transfer, if it keeps one.
///
/// Data that arrives on a kept connection and that no request asked for would be taken for the next request's
/// answer: the rest of an answer, a second one, a farewell (408). Only HTTP/2 tells which request a message
/// answers.
class KeptConnection {
 public:
  KeptConnection() = default;
  /// After a transfer that has brought an answer, before its handle leaves the multi. Reads what the TLS
  /// library has already taken from the socket. No other transfer may use the connection meanwhile.
  explicit KeptConnection(CURL* easy) noexcept;
  /// One whose last answer has not been read to its end.
  static KeptConnection unread() noexcept;

  /// Whether data followed the last answer or has arrived since, or the connection was closed.
  bool has_unasked_input() const noexcept;

 private:
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  bool has_surplus_ = false;
};

/// The kept HTTP/1 connections of a multi, by their local ports: before libcurl sends over a connection, it
/// tells nothing else about it.
class KeptSockets {
 public:
  /// A new connection has this local port.
  void forget(long local_port) noexcept { connections_.erase(local_port); }
  /// An HTTP/1 answer has begun to arrive. Until note(), the connection counts as one with unasked input:
  /// libcurl gives it to another transfer as soon as this one is done. Throws std::bad_alloc.
  void mark_unread(long local_port) { connections_[local_port] = KeptConnection::unread(); }
  /// After a transfer that has brought an answer, before its handle leaves the multi.
  void note(CURL* easy) noexcept;

  bool has_unasked_input(long local_port) const;

 private:
  std::unordered_map<long, KeptConnection> connections_;
};

}  // namespace operate::http
