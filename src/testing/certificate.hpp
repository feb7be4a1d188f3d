#pragma once

#include <operate/version.hpp>

#include <chrono>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

class Certificate;

struct CertificateOptions {
  /// From and until when it is good, counted from now; an hour ago and ten years unless set.
  std::chrono::hours begin{-1}, end{87'600};
  /// Who vouches for it; unless set, it does so itself.
  const Certificate* issuer = nullptr;
  /// Whether it may vouch for others.
  bool authority = false;
};

/// A certificate, made now, and a PEM file with it, which goes with the object.
class Certificate {
 public:
  /// `names` in OpenSSL's words: `IP:127.0.0.1,DNS:localhost`. Throws std::runtime_error where OpenSSL or the
  /// file system refuses.
  explicit Certificate(const std::string& names, const CertificateOptions& options = {});
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  const std::string& file() const noexcept { return file_; }
  x509_st* certificate() const noexcept { return certificate_.get(); }
  evp_pkey_st* key() const noexcept { return key_.get(); }

 private:
  std::unique_ptr<evp_pkey_st, void (*)(evp_pkey_st*)> key_;
  std::unique_ptr<x509_st, void (*)(x509_st*)> certificate_;
  std::string file_;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
