#pragma once

#include <memory>
#include <string>

namespace operate::test {

/// A self-signed certificate for an IP address, and a file with it.
class Certificate {
 public:
  explicit Certificate(const std::string& address);
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  const std::string& file() const { return file_; }

 private:
  friend class TlsServer;
  struct Keys;
  std::unique_ptr<Keys> keys_;
  std::string file_;
};

/// Answers everything with `{}` over TLS.
class TlsServer {
 public:
  /// `newest_version` as in TLS's own numbers: 0x0302 is TLS 1.1; 0 is whatever OpenSSL has.
  explicit TlsServer(const Certificate& certificate, int newest_version = 0);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  std::string base_url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace operate::test
