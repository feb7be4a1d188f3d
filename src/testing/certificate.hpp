#pragma once

#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace operate {
inline namespace v0 {
namespace testing {

/// A self-signed certificate, made now and good for ten years, and a PEM file with it, which goes with the
/// object.
class Certificate {
 public:
  /// `names` in OpenSSL's words: `IP:127.0.0.1,DNS:localhost`. Throws std::runtime_error where OpenSSL or the
  /// file system refuses.
  explicit Certificate(const std::string& names);
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
}  // namespace v0
}  // namespace operate
