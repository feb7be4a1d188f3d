#include "testing/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <unistd.h>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

void require(bool good) {
  if (!good) throw std::runtime_error("operate::testing: OpenSSL cannot make a certificate");
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()), &X509_EXTENSION_free);
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// A new file that only this user can write, with the certificate in it.
std::string write_file(X509* certificate) {
  std::string path = (std::filesystem::temp_directory_path() / "operate-certificate-XXXXXX").string();
  const int descriptor = mkstemp(path.data());
  std::FILE* file = descriptor < 0 ? nullptr : fdopen(descriptor, "w");
  bool written = file && PEM_write_X509(file, certificate) == 1;
  if (file) written = std::fclose(file) == 0 && written;
  if (written) return path;
  if (!file && descriptor >= 0) ::close(descriptor);
  if (descriptor >= 0) std::remove(path.c_str());
  throw std::runtime_error("operate::testing: cannot write a certificate to " + path);
}

}  // namespace

Certificate::Certificate(const std::string& names, const CertificateOptions& options)
    : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free), certificate_(X509_new(), &X509_free) {
  X509* certificate = certificate_.get();
  require(key_ && certificate);
  std::uint32_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  require(X509_set_version(certificate, 2) == 1 &&
          ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
          X509_gmtime_adj(X509_getm_notBefore(certificate), std::chrono::seconds(options.begin).count()) &&
          X509_gmtime_adj(X509_getm_notAfter(certificate), std::chrono::seconds(options.end).count()) &&
          X509_set_pubkey(certificate, key_.get()) == 1);
  X509_NAME* name = X509_get_subject_name(certificate);
  // Another name than the issuer's, or it would count as its own.
  const char* called = options.issuer ? "operate::testing, vouched for" : "operate::testing";
  const auto* text = reinterpret_cast<const unsigned char*>(called);
  const Certificate& issuer = options.issuer ? *options.issuer : *this;
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
          X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate())) == 1);
  add_extension(certificate, NID_subject_alt_name, names);
  if (options.authority) add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  require(X509_sign(certificate, issuer.key(), EVP_sha256()) != 0);
  file_ = write_file(certificate);
}

Certificate::~Certificate() { std::remove(file_.c_str()); }

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
