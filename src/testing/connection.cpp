#include "testing/connection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <climits>
#include <new>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

Connection::Connection(Descriptor socket, ssl_ctx_st* context)
    : socket_(std::move(socket)), tls_(context ? SSL_new(context) : nullptr, &SSL_free) {
  if (context && (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1)) throw std::bad_alloc();
}

bool Connection::accept() { return !tls_ || SSL_accept(tls_.get()) == 1; }

bool Connection::has_unread() const { return tls_ && SSL_pending(tls_.get()) > 0; }

bool Connection::receive(std::string& to) {
  std::array<char, 16384> buffer;
  if (!tls_) {
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) to.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
  }
  ERR_clear_error();
  const int count = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
  if (count > 0) to.append(buffer.data(), static_cast<std::size_t>(count));
  // What came may have been for TLS alone.
  return count > 0 || SSL_get_error(tls_.get(), count) == SSL_ERROR_WANT_READ;
}

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), INT_MAX);
    const auto count = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(size))
                            : ::send(socket_.get(), bytes.data(), size, 0);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Connection::finish_sending() {
  if (reset_) return;
  if (tls_ && SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
  ::shutdown(socket_.get(), SHUT_WR);
}

void Connection::reset() {
  reset_ = true;
  const linger hard{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void Connection::shut_down() { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
