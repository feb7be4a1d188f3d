#pragma once

#include "testing/connection.hpp"
#include "testing/descriptor.hpp"
#include "testing/marked_answer.hpp"
#include "testing/threads.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace operate {
inline namespace v0 {
namespace testing {

class Certificate;

/// What clients connect to: hands their bytes on to the HTTP library and its answers back, each as its mark
/// says, so that an answer can end as none of the library's would.
class Front {
 public:
  /// Listens on a port of 127.0.0.1, 0 for a free one; over TLS where there is a certificate. `server` is the
  /// path of the library's socket. Throws std::runtime_error where the port is taken.
  Front(std::uint16_t port, const Certificate* certificate, std::string server, std::string mark);
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
  /// Whether the connection may go on.
  bool deliver(const MarkedAnswer& answer, Connection& client);
  bool deliver_slowly(const std::string& bytes, std::chrono::milliseconds pause, Connection& client);

  std::string server_, mark_;
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
}  // namespace v0
}  // namespace operate
