#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace operate::test {

/// An address of this machine at which connections are neither made nor refused: its queue of connections
/// that wait to be accepted is full.
class Unreachable {
 public:
  Unreachable() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    filler_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, generic, size) != 0 || ::getsockname(listener_, generic, &size) != 0 ||
        ::listen(listener_, 0) != 0 || ::connect(filler_, generic, size) != 0)
      throw std::runtime_error("cannot fill a queue of connections on 127.0.0.1");
    port_ = ntohs(address.sin_port);
  }
  ~Unreachable() {
    ::close(filler_);
    ::close(listener_);
  }
  Unreachable(const Unreachable&) = delete;
  Unreachable& operator=(const Unreachable&) = delete;

  std::string base_url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// Returns when somebody is trying to connect, by what the kernel says.
  void wait_for_a_caller() const {
    char remote[32];
    std::snprintf(remote, sizeof remote, " 0100007F:%04X 02 ", static_cast<unsigned>(port_));  // 02: SYN_SENT
    for (;; std::this_thread::yield()) {
      std::ifstream connections("/proc/net/tcp");
      for (std::string line; std::getline(connections, line);)
        if (line.find(remote) != std::string::npos) return;
    }
  }

 private:
  int listener_, filler_ = -1, port_ = 0;
};

}  // namespace operate::test
