#include "http/transport_settings.hpp"

#include "core/secret.hpp"

#include <curl/curl.h>

#include <stdexcept>

namespace operate::http {

namespace {

// Once for the program, and never undone: other parts of the program may use libcurl too.
void initialise_library() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

// What CURLOPT_ACCEPT_ENCODING would make of "" at every call: all that libcurl can unpack. Not a static
// object, which would be gone when a client is used at the program's end.
std::string accepted_encodings() {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  std::string names;
  const auto add = [&](int feature, const char* name) {
    if (info->features & feature) names.append(names.empty() ? "" : ", ").append(name);
  };
  add(CURL_VERSION_LIBZ, "deflate, gzip");
  add(CURL_VERSION_BROTLI, "br");
  add(CURL_VERSION_ZSTD, "zstd");
  return names.empty() ? "identity" : names;
}

}  // namespace

AwsSigning::AwsSigning(std::string_view id, std::string_view secret, const std::string& region,
                       const std::string& service)
    : scope("aws:amz:" + region + ":" + service), key_id(id), secret_key(secret) {}

AwsSigning::~AwsSigning() {
  core::wipe(key_id);
  core::wipe(secret_key);
}

TransportSettings prepared(TransportSettings settings) {
  initialise_library();
  settings.accepted_encodings = accepted_encodings();
  return settings;
}

}  // namespace operate::http
