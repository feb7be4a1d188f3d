#pragma once

#include "measure.hpp"
#include "support/temporary_folder.hpp"
#include "testing/certificate.hpp"

#include <openssl/pem.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>

namespace operate::bench {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  require(bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0, "no port");
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket);
  return ntohs(address.sin_port);
}

/// nginx over TLS 1.3, which it has to be told up to 1.23.3, with one process for all connections, on core 1.
class Nginx {
 public:
  /// `protocol` stands in the directive listen: `http2`, or empty. `location` are the directives of `/`; the
  /// files in `folder` can be served by them.
  Nginx(const std::string& protocol, const std::string& location, const test::TemporaryFolder& folder)
      : port_(free_port()), certificate_("IP:127.0.0.1") {
    const std::string key = folder.write("key.pem", "");
    FILE* file = fopen(key.c_str(), "w");
    require(file && PEM_write_PrivateKey(file, certificate_.key(), nullptr, nullptr, 0, nullptr, nullptr),
            "no key file");
    fclose(file);
    std::string temporary;
    for (const char* what : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      temporary += std::string(what) + "_temp_path " + folder.path(what) + ";\n";
    const std::string configuration = folder.write(
        "nginx.conf", "daemon off; master_process off; pid " + folder.path("pid") + ";\n" +
                          "events { worker_connections 1000; }\nhttp {\naccess_log off;\n" + temporary +
                          "http2_max_concurrent_streams 1000;\nkeepalive_requests 1000000000;\nserver "
                          "{\nlisten 127.0.0.1:" +
                          std::to_string(port_) + " ssl " + protocol +
                          ";\nssl_protocols TLSv1.3;\nssl_certificate " + certificate_.file() +
                          ";\nssl_certificate_key " + key + ";\nroot " + folder.path("") +
                          ";\ndefault_type application/json;\nlocation / {\n" + location + "\n}\n}\n}\n");
    const std::string errors = folder.path("error.log");
    process_ = fork();
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      pin_to(1);
      execl("/usr/sbin/nginx", "nginx", "-c", configuration.c_str(), "-e", errors.c_str(), nullptr);
      _exit(127);
    }
    wait_until_it_listens();
  }
  ~Nginx() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  std::uint16_t port() const { return port_; }
  std::string base_url() const { return "https://127.0.0.1:" + std::to_string(port_); }
  const std::string& ca_file() const { return certificate_.file(); }

 private:
  void wait_until_it_listens() const {
    const sockaddr_in address = loopback(port_);
    for (bool listens = false; !listens;) {
      require(waitpid(process_, nullptr, WNOHANG) == 0, "nginx does not start (apt install nginx-light)");
      const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
      listens = connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
      close(socket);
      if (!listens) usleep(10'000);
    }
  }

  const std::uint16_t port_;
  const testing::Certificate certificate_;
  pid_t process_ = -1;
};

}  // namespace operate::bench
