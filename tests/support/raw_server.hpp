#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace operate::test {

/// One accepted connection. Reading waits for bytes; the server's end unblocks it.
class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The next request, head and body; empty where the client closed before it was whole.
  std::optional<std::string> read_request();

  void send(const std::string& bytes);
  /// An answer with status, `Content-Length` and body.
  void answer(int status, const std::string& body, const std::string& headers = {});

  /// Ends the connection with a reset instead of an orderly close.
  void reset();
  /// Returns when the client has closed its end.
  void wait_for_close();
  void shut_down();

 private:
  int socket_;
  std::string received_;
};

/// A server whose every byte a test decides. Each connection runs `serve` on a thread of its own, with the
/// connection's number from 0; it is closed when `serve` returns.
class RawServer {
 public:
  using Serve = std::function<void(Connection&, int)>;
  explicit RawServer(Serve serve);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string base_url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  int connections() const { return count_; }

 private:
  void accept_all();

  Serve serve_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> count_{0};
  std::mutex mutex_;
  std::list<Connection> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A port of this machine on which nobody listens.
int closed_port();

}  // namespace operate::test
