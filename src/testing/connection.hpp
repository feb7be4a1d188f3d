#pragma once

#include <operate/version.hpp>

#include "testing/descriptor.hpp"

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// One end of a connection, plain or over TLS. For one thread, but for shut_down(), and with all signals
/// blocked: no call is interrupted, and none ends the program by SIGPIPE.
class Connection {
 public:
  /// `context` is null for a connection without TLS.
  explicit Connection(Descriptor socket, ssl_ctx_st* context = nullptr);

  /// The server's part of the handshake, if there is one; false where it failed.
  bool accept();
  int socket() const noexcept { return socket_.get(); }
  /// Whether there are bytes that have left the socket, where poll() no longer sees them.
  bool has_unread() const;
  /// Waits for bytes and appends them, sometimes none; false where no more will come.
  bool receive(std::string& to);
  /// False where nobody reads any more.
  bool send(std::string_view bytes);
  /// Tells the other end that no more will be sent. May wait, as sending does; destroying never waits.
  void finish_sending();
  /// Makes the end a reset, with nothing said before it.
  void reset();
  /// Ends whatever waits for the other end, from any thread.
  void shut_down();

 private:
  Descriptor socket_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;
  bool reset_ = false;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
