#include "http/easy_handle.hpp"

namespace operate::http {

EasyHandle::EasyHandle(const TransportSettings& settings) : settings_(settings), easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
  try {
    set_all();
  } catch (...) {
    curl_easy_cleanup(easy_);
    throw;
  }
}

void EasyHandle::make_ready() {
  if (!worn_out_) return;
  curl_easy_reset(easy_);
  set_all();
  worn_out_ = false;
}

void EasyHandle::set_all() {
  set_limits_of_trust();
  set_proxy();
  set(CURLOPT_NOSIGNAL, 1L);
  // libcurl divides this limit among a host's addresses; the other limits are watched by CurlTransfer.
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
#if LIBCURL_VERSION_NUM >= 0x075700
  set(CURLOPT_QUICK_EXIT, 1L);  // Do not wait for a name server that does not answer.
#endif
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // None of these to a proxy.
  set(CURLOPT_ACCEPT_ENCODING, settings_.accepted_encodings.c_str());
  if (!settings_.signing) {
    set(CURLOPT_PATH_AS_IS, 1L);
    return;
  }
  // libcurl 8.14 and newer does not sign a path as it is.
  set(CURLOPT_AWS_SIGV4, settings_.signing->scope.c_str());
  set(CURLOPT_USERNAME, settings_.signing->key_id.c_str());
  set(CURLOPT_PASSWORD, settings_.signing->secret_key.c_str());
}

void EasyHandle::set_limits_of_trust() {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings_.ca_file.empty()) {
    set(CURLOPT_CAINFO, settings_.ca_file.c_str());
    // Refused by TLS libraries that trust no folder in the first place.
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  }
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
}

// Also where there is none: otherwise libcurl looks at the environment, for this machine, too.
void EasyHandle::set_proxy() {
  set(CURLOPT_PROXY, settings_.proxy ? settings_.proxy->url.c_str() : "");
  set(CURLOPT_NOPROXY, "");
  if (!settings_.proxy) return;
  if (!settings_.proxy->user.empty() || !settings_.proxy->password.empty()) {
    set(CURLOPT_PROXYUSERNAME, settings_.proxy->user.c_str());
    set(CURLOPT_PROXYPASSWORD, settings_.proxy->password.c_str());
    set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
  }
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!settings_.proxy->speaks_tls()) return;
  set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  if (!settings_.ca_file.empty()) {
    set(CURLOPT_PROXY_CAINFO, settings_.ca_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROXY_CAPATH, nullptr);
  }
}

}  // namespace operate::http
