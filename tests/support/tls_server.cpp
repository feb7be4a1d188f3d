#include "support/tls_server.hpp"

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace operate::test {

struct Certificate::Keys {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
};

Certificate::Certificate(const std::string& address) : keys_(std::make_unique<Keys>()) {
  keys_->key = EVP_EC_gen("P-256");
  X509* certificate = keys_->certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, keys_->key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("operate test"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("IP:" + address).c_str());
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, keys_->key, EVP_sha256());

  char path[] = "/tmp/operate-test-XXXXXX";
  const int descriptor = mkstemp(path);
  std::FILE* file = descriptor < 0 ? nullptr : fdopen(descriptor, "w");
  if (!file) throw std::runtime_error("cannot write a certificate below /tmp");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file_ = path;
}

Certificate::~Certificate() {
  std::remove(file_.c_str());
  X509_free(keys_->certificate);
  EVP_PKEY_free(keys_->key);
}

struct TlsServer::Impl {
  Impl(const Certificate::Keys& keys, int newest_version)
      : server([&](SSL_CTX& context) {
          SSL_CTX_use_certificate(&context, keys.certificate);
          SSL_CTX_use_PrivateKey(&context, keys.key);
          // Debian's OpenSSL offers TLS 1.1 only below its default level of security.
          if (newest_version) SSL_CTX_set_security_level(&context, 0);
          SSL_CTX_set_min_proto_version(&context, TLS1_VERSION);
          SSL_CTX_set_max_proto_version(&context, newest_version);
          return true;
        }) {}
  httplib::SSLServer server;
  int port = 0;
  std::thread thread;
};

TlsServer::TlsServer(const Certificate& certificate, int newest_version)
    : impl_(std::make_unique<Impl>(*certificate.keys_, newest_version)) {
  const auto answer = [](const httplib::Request&, httplib::Response& response) {
    response.set_content("{}", "application/json");
  };
  impl_->server.Get(".*", answer).Post(".*", answer);
  impl_->server.set_keep_alive_timeout(1);
  impl_->port = impl_->server.bind_to_any_port("127.0.0.1");
  impl_->thread = std::thread([this] { impl_->server.listen_after_bind(); });
  while (!impl_->server.is_running()) std::this_thread::yield();
}

TlsServer::~TlsServer() {
  impl_->server.stop();
  impl_->thread.join();
}

std::string TlsServer::base_url() const { return "https://127.0.0.1:" + std::to_string(impl_->port); }

}  // namespace operate::test
