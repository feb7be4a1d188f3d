#include "support/tls_server.hpp"

#include <httplib.h>

#include <thread>

namespace operate::test {

struct TlsServer::Impl {
  Impl(const testing::Certificate& certificate, int newest_version)
      : server([&](SSL_CTX& context) {
          SSL_CTX_use_certificate(&context, certificate.certificate());
          SSL_CTX_use_PrivateKey(&context, certificate.key());
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

TlsServer::TlsServer(const testing::Certificate& certificate, int newest_version)
    : impl_(std::make_unique<Impl>(certificate, newest_version)) {
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
