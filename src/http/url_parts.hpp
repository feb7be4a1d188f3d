#pragma once

#include <curl/curl.h>

#include <string>

namespace operate::http {

/// The URLs of one transfer after the other, taken apart: of a URL that differs from the last in path and
/// query alone, libcurl gets those alone, which spares it most of what a small request costs it.
class UrlParts {
 public:
  UrlParts() = default;
  ~UrlParts() { curl_url_cleanup(url_); }
  UrlParts(const UrlParts&) = delete;
  UrlParts& operator=(const UrlParts&) = delete;

  /// The parts, which change with the next call; null for a URL that libcurl would spell in another way, or
  /// that it refuses: that is to be given to it as text. Throws std::bad_alloc.
  CURLU* of(const std::string& url);

 private:
  CURLU* url_ = nullptr;
  std::string origin_;  // What url_ has of the last URL: `https://api.operate.so`
  std::string path_;
};

}  // namespace operate::http
