#include "support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>

namespace operate::test {

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

void RawClient::connect(const operate::testing::Emulator& emulator) {
  const std::string url = emulator.base_url();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to " + url);
}

void RawClient::send(const std::string& bytes) { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

std::string RawClient::receive() {
  std::array<char, 4096> buffer;
  errno = 0;
  const auto count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

std::string RawClient::heads_of(const std::string& request, int count) {
  send(request);
  std::string all;
  for (std::size_t end = 0; count > 0; --count) {
    std::string some;
    while (all.find("\r\n\r\n", end) == std::string::npos && !(some = receive()).empty()) all += some;
    end = all.find("\r\n\r\n", end);
    if (end == std::string::npos) break;
    end += 4;
  }
  return all;
}

std::pair<std::string, int> RawClient::all_of(const std::string& request) {
  send(request);
  std::string all;
  for (std::string some = receive(); !some.empty(); some = receive()) all += some;
  return {all, errno};
}

}  // namespace operate::test
