#include "support/raw_server.hpp"

#include "testing/certificate.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace operate::test {

namespace {

// A socket on a free port of 127.0.0.1, and that port.
std::pair<int, int> bind_somewhere() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, generic, size) != 0 || ::getsockname(listener, generic, &size) != 0)
    throw std::runtime_error("cannot bind to 127.0.0.1");
  return {listener, ntohs(address.sin_port)};
}

// One for all servers of a test.
const operate::testing::Certificate& certificate() {
  static const operate::testing::Certificate the_one("IP:127.0.0.1,DNS:api.operate.test");
  return the_one;
}

SSL_CTX* new_context() {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, certificate().certificate());
  SSL_CTX_use_PrivateKey(context, certificate().key());
  return context;
}

int choose_http2(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                 unsigned int offered_size, void*) {
  static constexpr unsigned char http2[] = {2, 'h', '2'};
  unsigned char* protocol = nullptr;
  if (SSL_select_next_proto(&protocol, size, http2, sizeof http2, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = protocol;
  return SSL_TLSEXT_ERR_OK;
}

// OpenSSL writes without MSG_NOSIGNAL.
void block_sigpipe() {
  sigset_t sigpipe;
  sigemptyset(&sigpipe);
  sigaddset(&sigpipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &sigpipe, nullptr);
}

}  // namespace

bool over_tls() { return std::getenv("OPERATE_TEST_TLS") != nullptr; }

Connection::Connection(int socket, ssl_ctx_st* context) : socket_(socket) {
  if (!context) return;
  tls_ = SSL_new(context);
  SSL_set_fd(tls_, socket_);
  SSL_set_accept_state(tls_);
}

Connection::~Connection() {
  if (tls_ && !reset_ && SSL_is_init_finished(tls_)) SSL_shutdown(tls_);
  SSL_free(tls_);
  ::close(socket_);
}

void Connection::tunnel_to(int port) {
  const int target = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  std::array<char, 65536> buffer;
  std::array<pollfd, 2> ends = {{{socket_, POLLIN, 0}, {target, POLLIN, 0}}};
  bool open = ::connect(target, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  while (open) {
    const bool unread = tls_ && SSL_pending(tls_) > 0;
    ::poll(ends.data(), ends.size(), unread ? 0 : -1);
    if (unread || ends[0].revents != 0) {
      const long bytes = receive(buffer.data(), buffer.size());
      open =
          bytes > 0 && ::send(target, buffer.data(), static_cast<std::size_t>(bytes), MSG_NOSIGNAL) == bytes;
    } else if (ends[1].revents != 0) {
      const long bytes = ::recv(target, buffer.data(), buffer.size(), 0);
      open = bytes > 0;
      if (open) send(std::string(buffer.data(), static_cast<std::size_t>(bytes)));
    }
  }
  ::close(target);
}

void Connection::send_together(const std::vector<std::string>& pieces) {
#ifdef TCP_CORK
  const auto hold = [this](int on) { ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &on, sizeof on); };
#else
  const auto hold = [](int) {};
#endif
  hold(1);
  for (const std::string& piece : pieces) send(piece);
  hold(0);
}

void Connection::wait_for_bytes() {
  char byte = 0;
  ::recv(socket_, &byte, 1, MSG_PEEK);
}

long Connection::receive(char* to, std::size_t size) {
  return tls_ ? SSL_read(tls_, to, static_cast<int>(size)) : ::recv(socket_, to, size, 0);
}

std::optional<std::string> Connection::read_request() {
  for (;;) {
    const std::size_t head_end = received_.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      std::string head = received_.substr(0, head_end);
      std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
      const std::size_t length_at = head.find("content-length:");
      const std::size_t body = length_at == std::string::npos ? 0 : std::stoul(head.substr(length_at + 15));
      const std::size_t whole = head_end + 4 + body;
      if (received_.size() >= whole) {
        std::string request = received_.substr(0, whole);
        received_.erase(0, whole);
        return request;
      }
    }
    std::array<char, 65536> buffer;
    const long bytes = receive(buffer.data(), buffer.size());
    if (bytes <= 0) return std::nullopt;
    received_.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
}

int Connection::read_byte() {
  unsigned char byte = 0;
  return receive(reinterpret_cast<char*>(&byte), 1) > 0 ? byte : -1;
}

void Connection::send(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const char* from = bytes.data() + sent;
    const std::size_t size = bytes.size() - sent;
    const long count =
        tls_ ? SSL_write(tls_, from, static_cast<int>(size)) : ::send(socket_, from, size, MSG_NOSIGNAL);
    if (count <= 0) return;  // The client has gone; what it made of that is what the test looks at.
    sent += static_cast<std::size_t>(count);
  }
}

void Connection::send_raw(const std::string& bytes) {
  ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Connection::answer(int status, const std::string& body, const std::string& headers) {
  send("HTTP/1.1 " + std::to_string(status) +
       " Status\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
       "\r\n" + headers + "\r\n" + body);
}

void Connection::reset() {
  reset_ = true;
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void Connection::wait_for_close() {
  std::array<char, 4096> buffer;
  while (::recv(socket_, buffer.data(), buffer.size(), 0) > 0) continue;
}

void Connection::shut_down() { ::shutdown(socket_, SHUT_RDWR); }

RawServer::RawServer(Serve serve, Wire wire, Start start) : serve_(std::move(serve)) {
  if (wire == Wire::tls || wire == Wire::http2 || (wire == Wire::of_the_run && over_tls()))
    context_ = new_context();
  if (wire == Wire::http2) SSL_CTX_set_alpn_select_cb(context_, &choose_http2, nullptr);
  std::tie(listener_, port_) = bind_somewhere();
  if (start == Start::now) listen();
}

void RawServer::listen() {
  if (::listen(listener_, 64) != 0) throw std::runtime_error("cannot listen on 127.0.0.1");
  acceptor_ = std::thread([this] { accept_all(); });
}

void RawServer::refuse() { ::shutdown(listener_, SHUT_RDWR); }

RawServer::~RawServer() {
  refuse();
  if (acceptor_.joinable()) acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (Connection& connection : open_) connection.shut_down();
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

std::string RawServer::base_url() const {
  return (context_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
}

void RawServer::direct(Config& config) const {
  config.base_url = base_url();
  config.ca_file = context_ ? certificate().file() : "";
}

Config RawServer::config() const {
  Config config;
  config.api_key = "sk_test";
  direct(config);
  return config;
}

void RawServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // A client that reads nothing must not hold up the farewell of TLS.
    const timeval patience{5, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const std::lock_guard lock(mutex_);
    const auto connection = open_.emplace(open_.end(), socket, context_);
    const int number = count_++;
    threads_.emplace_back([this, connection, number] {
      block_sigpipe();
      serve_(*connection, number);
      const std::lock_guard done(mutex_);
      open_.erase(connection);
    });
  }
}

std::string ca_file() { return certificate().file(); }

int closed_port() {
  // Bound for as long as the program runs, so that nobody else gets it, and never listened on.
  static const int port = bind_somewhere().second;
  return port;
}

}  // namespace operate::test
