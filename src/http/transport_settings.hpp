#pragma once

#include "core/proxy.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace operate::http {

/// What requests are signed with, as AWS wants it (Signature Version 4).
struct AwsSigning {
  AwsSigning(std::string_view id, std::string_view secret, const std::string& region,
             const std::string& service);
  ~AwsSigning();
  AwsSigning(const AwsSigning&) = delete;
  AwsSigning& operator=(const AwsSigning&) = delete;

  const std::string scope;  ///< For CURLOPT_AWS_SIGV4.
  std::string key_id, secret_key;
};

struct TransportSettings {
  std::chrono::milliseconds connect_timeout{0};
  std::chrono::milliseconds stall_timeout{0};
  std::size_t max_response_bytes = 0;
  std::size_t max_connections = 1;
  std::string ca_file = {};
  std::optional<core::Proxy> proxy = {};
  std::shared_ptr<const AwsSigning> signing = {};
  /// No copy of an answer's body, or of its beginning, is left in memory that was given back.
  bool answers_are_secret = false;
  bool tls = true;                      ///< On the way to the server, or to the proxy.
  std::string accepted_encodings = {};  ///< Set by prepared().
};

/// Initialises libcurl, and adds what it can unpack.
TransportSettings prepared(TransportSettings settings);

}  // namespace operate::http
