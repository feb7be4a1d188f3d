#pragma once

#include "http/header_list.hpp"
#include "http/transport_settings.hpp"
#include "http/url_parts.hpp"

#include <curl/curl.h>

#include <new>

namespace operate::http {

/// libcurl's handle for one transfer after the other, with the settings that all of them have in common.
class EasyHandle {
 public:
  /// The settings have to live as long. Throws std::bad_alloc.
  explicit EasyHandle(const TransportSettings& settings);
  ~EasyHandle() { curl_easy_cleanup(easy_); }
  EasyHandle(const EasyHandle&) = delete;
  EasyHandle& operator=(const EasyHandle&) = delete;

  CURL* get() const noexcept { return easy_; }

  /// After a transfer that failed, or that libcurl has repeated by itself: it counts those over all transfers
  /// of a handle, and stops at five.
  void wear_out() noexcept { worn_out_ = true; }
  /// Before a transfer. Throws std::bad_alloc.
  void make_ready();

  UrlParts& url() noexcept { return url_; }
  /// Of the transfer's request.
  HeaderList& headers() noexcept { return headers_; }

  /// Sets an option. That it is refused can only mean a libcurl that lacks what this library needs, or no
  /// memory: throws std::bad_alloc.
  template <class T>
  void set(CURLoption option, T value) {
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) throw std::bad_alloc();
  }

 private:
  void set_all();
  void set_limits_of_trust();
  void set_proxy();

  const TransportSettings& settings_;
  CURL* easy_;
  bool worn_out_ = false;
  UrlParts url_;
  HeaderList headers_;
};

}  // namespace operate::http
