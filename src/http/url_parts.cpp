#include "http/url_parts.hpp"

#include <new>

namespace operate::http {

CURLU* UrlParts::of(const std::string& url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return nullptr;
  const std::size_t path = url.find('/', scheme_end + 3);
  const std::size_t query = url.find('?');
  // libcurl spells percent-encoded bytes in small letters, and keeps no `?` without a query.
  if (path == std::string::npos || query < path || query == url.size() - 1 ||
      url.find('%', path) != std::string::npos || url.find('#', path) != std::string::npos)
    return nullptr;
  if (!url_) url_ = curl_url();
  if (!url_) throw std::bad_alloc();
  if (origin_.empty() || url.compare(0, path, origin_) != 0) {
    origin_.clear();
    if (curl_url_set(url_, CURLUPART_URL, url.substr(0, path).c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
      return nullptr;
    origin_.assign(url, 0, path);
  }
  path_.assign(url, path, query == std::string::npos ? query : query - path);
  const char* rest = query == std::string::npos ? nullptr : url.c_str() + query + 1;
  if (curl_url_set(url_, CURLUPART_PATH, path_.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url_, CURLUPART_QUERY, rest, 0) != CURLUE_OK)
    return nullptr;
  return url_;
}

}  // namespace operate::http
