#pragma once

#include <operate/version.hpp>

#include "testing/connection.hpp"
#include "testing/descriptor.hpp"
#include "testing/framing.hpp"
#include "testing/http_server.hpp"
#include "testing/threads.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

class Certificate;

/// What clients connect to. Reads the heads of their requests itself, has the HTTP library read the bodies
/// and write the answers, one request of a connection after the other, and hands the answers on, or spoils
/// them, so that one can end as none of the library's would.
class Front {
 public:
  /// Listens on a port of 127.0.0.1, 0 for a free one; over TLS where there is a certificate. The server must
  /// live longer. Throws std::runtime_error where the port is taken.
  Front(std::uint16_t port, const Certificate* certificate, HttpServer& server);
  /// Closes every connection.
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  int port() const noexcept { return port_; }

 private:
  struct Link {
    Connection client, server;
  };

  void accept_all();
  void serve(Link& link);
  /// Answers the first request of those bytes, whose head is whole; false where the connection is at its end.
  bool answer(Link& link, std::string& unread);
  bool deliver(const Answer& answer, const std::optional<Fault>& fault, Connection& client);
  bool deliver_slowly(const std::string& bytes, std::chrono::milliseconds pause, Connection& client);

  HttpServer& server_;
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> tls_;
  Descriptor listener_;
  /// A pipe, in which there is something to read from when the front begins to end.
  Descriptor ended_, end_;
  int port_ = 0;
  std::mutex mutex_;  // Guards open_.
  std::list<Link> open_;
  Threads threads_;
  std::thread acceptor_;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
