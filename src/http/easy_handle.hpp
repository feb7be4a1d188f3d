#pragma once

#include "http/transport_settings.hpp"
#include "http/url_parts.hpp"

#include <curl/curl.h>

#include <new>

namespace operate::http {

/// libcurl's handle for one transfer after the other, with the settings that all of them have in common.
class EasyHandle {
 public:
  /// Throws std::bad_alloc.
  explicit EasyHandle(const TransportSettings& settings);
  ~EasyHandle() { curl_easy_cleanup(easy_); }
  EasyHandle(const EasyHandle&) = delete;
  EasyHandle& operator=(const EasyHandle&) = delete;

  CURL* get() const noexcept { return easy_; }
  UrlParts& url() noexcept { return url_; }

  /// Sets an option. That it is refused can only mean a libcurl that lacks what this library needs, or no
  /// memory: throws std::bad_alloc.
  template <class T>
  void set(CURLoption option, T value) {
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) throw std::bad_alloc();
  }

 private:
  void set_all(const TransportSettings& settings);
  void set_limits_of_trust(const TransportSettings& settings);
  void set_proxy(const TransportSettings& settings);

  CURL* easy_;
  UrlParts url_;
};

}  // namespace operate::http
