#pragma once

#include "testing/certificate.hpp"

#include <memory>
#include <string>

namespace operate::test {

/// Answers everything with `{}` over TLS.
class TlsServer {
 public:
  /// `newest_version` as in TLS's own numbers: 0x0302 is TLS 1.1; 0 is whatever OpenSSL has.
  explicit TlsServer(const testing::Certificate& certificate, int newest_version = 0);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  std::string base_url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace operate::test
