#pragma once

#include <operate/config.hpp>

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace operate::test {

/// Whether this run of the tests is the one in which every server that can speaks TLS (OPERATE_TEST_TLS=1).
bool over_tls();

/// One accepted connection. Reading waits for bytes; the server's end unblocks it. Over TLS, the handshake is
/// part of the first reading or sending.
class Connection {
 public:
  /// `context` is null for a connection without TLS.
  Connection(int socket, ssl_ctx_st* context);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The next request, head and body; empty where the client closed before it was whole.
  std::optional<std::string> read_request();

  /// The next byte that the client sends; -1 where none will come.
  int read_byte();

  void send(const std::string& bytes);
  /// Sends each piece as a TLS record of its own, all of them in one segment (Linux).
  void send_together(const std::vector<std::string>& pieces);
  /// An answer with status, `Content-Length` and body.
  void answer(int status, const std::string& body, const std::string& headers = {});

  /// Sends bytes below TLS.
  void send_raw(const std::string& bytes);
  /// As a proxy does: hands on what comes to a port of this machine, and back, until one of the two closes.
  void tunnel_to(int port);
  /// Returns when the client's first bytes have come, which stay unread.
  void wait_for_bytes();

  /// Ends the connection with a reset instead of an orderly close.
  void reset();
  /// Returns when the client has closed its end.
  void wait_for_close();
  void shut_down();

 private:
  friend class RawServer;
  /// What came; 0 and less where nothing more will.
  long receive(char* to, std::size_t size);

  int socket_;
  ssl_st* tls_ = nullptr;
  bool reset_ = false;
  std::string received_;
};

enum class Wire {
  of_the_run,
  plain,
  tls,
  http2,  ///< TLS that offers HTTP/2, whose frames are the test's.
};
enum class Start { now, later };

/// A server whose every byte a test decides. Each connection runs `serve` on a thread of its own, with the
/// connection's number from 0; it is closed when `serve` returns.
class RawServer {
 public:
  using Serve = std::function<void(Connection&, int)>;
  explicit RawServer(Serve serve, Wire wire = Wire::of_the_run, Start start = Start::now);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string base_url() const;
  /// Points the settings at this server: its URL and its certificate.
  void direct(Config& config) const;
  /// Settings for it, with a key and otherwise as they are by default.
  Config config() const;
  int port() const { return port_; }
  /// For Start::later; before it, connections are refused.
  void listen();
  /// From here on, connections are refused; those that are open stay so.
  void refuse();
  int connections() const { return count_; }

 private:
  void accept_all();

  Serve serve_;
  ssl_ctx_st* context_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> count_{0};
  std::mutex mutex_;
  std::list<Connection> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// The file with the certificate of every server over TLS: for 127.0.0.1 and api.operate.test.
std::string ca_file();

/// A port of this machine on which nobody listens.
int closed_port();

}  // namespace operate::test
