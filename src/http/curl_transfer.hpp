#pragma once

#include "http/easy_handle.hpp"
#include "http/kept_sockets.hpp"
#include "http/transport_settings.hpp"

#include <operate/transport.hpp>

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>

namespace operate::http {

/// One request and its answer on an easy handle. Whoever drives the multi that it is in asks must_end() now
/// and again, and at the end finish(). Stays where it is, as libcurl points at it.
class CurlTransfer {
 public:
  /// Which connection it may use: one that is kept, if there is one, one of its own, or one that others use
  /// at the same time.
  enum class Connection { kept, fresh, shared };

  /// On a handle that was made with the same settings. All that it is given has to live as long;
  /// `kept_sockets` is given for a multi that has many transfers, which share its connections.
  CurlTransfer(EasyHandle& easy, const TransportSettings& settings, const TransportRequest& request,
               const TransportLimits& limits, Connection connection, KeptSockets* kept_sockets = nullptr);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// To be called where it is put into the multi: from here on its limits run.
  void start();

  /// Whether its token, a limit of time or an answer that unpacks for too long has ended it; then it is to be
  /// taken out of the multi and finished without a code.
  bool must_end();
  /// What is left until the nearest limit, at the last must_end(). A limit may come nearer later, but never
  /// by less than the stall timeout from then.
  std::chrono::milliseconds time_left() const noexcept { return left_; }

  /// What came of it, once it is out of the multi; `code` is libcurl's, where that has ended it. Throws
  /// std::bad_alloc.
  TransportResult finish(std::optional<CURLcode> code);

  /// The kept connection that libcurl chose held something that nobody asked for, so that nothing was sent.
  bool met_unasked_input() const noexcept { return met_unasked_input_; }

  /// What libcurl counts as a long; 0 where it says nothing.
  long number(CURLINFO what) const;
  curl_off_t large_number(CURLINFO what) const;

 private:
  using SteadyClock = std::chrono::steady_clock;

  void set_headers();
  void set_request();
  void set_connection(Connection connection);
  void set_callbacks();

  TransportResult result_of(std::optional<CURLcode> code);
  Transfer facts() const;
  const char* version() const;
  std::chrono::milliseconds elapsed() const;
  TransportFailure failed(CURLcode code);
  TransportFailure timed_out(TimeLimit limit) const;
  TransportFailure refused_by_proxy(long status) const;
  bool is_of_proxy(CURLcode code, bool behind_tunnel) const;
  std::string proxy_name() const;
  TransportErrorKind kind_of(CURLcode code, bool at_proxy) const;
  // A server may think as long as the attempt may take.
  bool awaits_answer() const { return header_bytes_ == 0 && body_sent_ == request_.body.size(); }

  template <class F>
  static std::size_t guarded(void* self, std::size_t failure, F work);
  static int on_connected(void* self, char*, char*, int, int local_port);
  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* self);
  static int on_socket(void* self, curl_socket_t socket, curlsocktype);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  void take_status_line(std::string_view line);
  void take_header(std::string_view line);
  void check_length();

  EasyHandle& easy_;
  const TransportSettings& settings_;
  const TransportRequest& request_;
  const TransportLimits limits_;
  KeptSockets* kept_sockets_;
  std::array<char, CURL_ERROR_SIZE> error_ = {};

  SteadyClock::time_point start_, first_byte_, last_activity_;
  std::chrono::milliseconds left_{0};
  TimeLimit expired_ = TimeLimit::attempt;
  bool connected_ = false;  // From here on, something of the request may have arrived.
  int local_port_ = 0;
  bool active_ = false;  // A byte went or came since last_activity_.
  bool headers_complete_ = false;
  bool too_large_ = false;
  const char* broken_ = nullptr;  // What is wrong with the headers, where something is.
  bool must_end_ = false;
  bool cancelled_ = false;
  bool met_unasked_input_ = false;
  bool repeated_ = false;  // By libcurl itself.
  bool went_well_ = false;
  std::size_t body_sent_ = 0;
  std::size_t header_bytes_ = 0;
  TransportResponse answer_;
  std::exception_ptr exception_;
};

}  // namespace operate::http
