#include "testing/front.hpp"

#include "testing/certificate.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <tuple>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

using TlsContext = std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)>;

TlsContext new_context(const Certificate* certificate) {
  TlsContext context(certificate ? SSL_CTX_new(TLS_server_method()) : nullptr, &SSL_CTX_free);
  if (!certificate) return context;
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_use_certificate(context.get(), certificate->certificate()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), certificate->key()) != 1)
    throw std::runtime_error("operate::testing::Emulator: OpenSSL cannot use the certificate");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  // Reading must not wait for a second record where the first was for TLS alone.
  SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
  return context;
}

// The listening socket and its port.
std::pair<Descriptor, int> listen_on(std::uint16_t port) {
  Descriptor listener(::socket(AF_INET, SOCK_STREAM, 0));
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), SOMAXCONN) != 0 ||
      ::getsockname(listener.get(), generic, &size) != 0)
    throw std::runtime_error("operate::testing::Emulator: port " + std::to_string(port) +
                             " of 127.0.0.1 cannot be listened on; is it taken?");
  return {std::move(listener), ntohs(address.sin_port)};
}

Descriptor connect_to(const std::string& path) {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return Descriptor();
  return socket;
}

// All headers and half of the body; where there is none, half of the headers.
std::string half_of(const Answer& answer) {
  if (answer.body.empty()) return answer.head.substr(0, answer.head.size() / 2);
  return answer.head + answer.body.substr(0, answer.body.size() / 2);
}

void wait_until_gone(Connection& client) {
  for (std::string ignored; client.receive(ignored);) ignored.clear();
}

// Waits for the first head among the bytes that the client sends; false where none comes.
bool receive_head(Connection& client, std::string& unread) {
  while (unread.find(blank_line) == std::string::npos)
    if (!client.receive(unread)) return false;
  return true;
}

// Sends the head to the HTTP library, and the body behind it as it comes, until the library answers. Empty
// where it does not.
std::optional<Answer> ask(const std::string& head, BodyEnd& body, std::string& unread, Connection& client,
                          Connection& server) {
  std::string answers;
  // A client that sends no more may still read.
  bool sending = server.send(head);
  for (;;) {
    if (sending) sending = server.send(body.take(unread));
    // What comes behind the body is the next request's, and waits for this one's answer.
    const bool receiving = sending && !body.reached(), at_hand = receiving && client.has_unread();
    std::array<pollfd, 2> ends = {
        {{receiving ? client.socket() : -1, POLLIN, 0}, {server.socket(), POLLIN, 0}}};
    ::poll(ends.data(), ends.size(), at_hand ? 0 : -1);
    if ((at_hand || ends[0].revents != 0) && !client.receive(unread)) {
      sending = false;
      server.finish_sending();
    }
    if (ends[1].revents == 0) continue;
    if (!server.receive(answers)) return std::nullopt;
    while (auto answer = take_answer(answers)) {
      if (!answer->is_interim()) return answer;
      client.send(answer->head);
    }
  }
}

// For this thread and those that it begins, none of which runs a line of the host program.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

Front::Front(std::uint16_t port, const Certificate* certificate, HttpServer& server)
    : server_(server), tls_(new_context(certificate)) {
  std::tie(listener_, port_) = listen_on(port);
  std::array<int, 2> ends;
  if (::pipe(ends.data()) != 0) throw std::runtime_error("operate::testing::Emulator: cannot make a pipe");
  ended_ = Descriptor(ends[0]);
  end_ = Descriptor(ends[1]);
  acceptor_ = std::thread([this] { accept_all(); });
}

Front::~Front() {
  // Not by closing the pipe, of which a process that was begun meanwhile may have a copy.
  while (::write(end_.get(), "", 1) < 0) continue;
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [client, server] : open_) {
      client.shut_down();
      server.shut_down();
    }
  }
  threads_.wait();
}

void Front::accept_all() {
  block_signals();
  std::array<pollfd, 2> waited = {{{listener_.get(), POLLIN, 0}, {ended_.get(), POLLIN, 0}}};
  while (::poll(waited.data(), waited.size(), -1) > 0 && waited[1].revents == 0) {
    Descriptor client(::accept(listener_.get(), nullptr, nullptr)), server = connect_to(server_.path());
    if (client.get() < 0 || server.get() < 0) {
      // Where the program has no descriptors left, the next attempt would be at once.
      ::poll(&waited[1], 1, 10);
      continue;
    }
    const int on = 1;
    ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    open_.push_back({Connection(std::move(client), tls_.get()), Connection(std::move(server))});
    try {
      threads_.run([this, link = std::prev(open_.end())] {
        if (link->client.accept()) serve(*link);
        link->client.finish_sending();
        const std::lock_guard done(mutex_);
        open_.erase(link);
      });
    } catch (const std::system_error&) {
      open_.pop_back();  // There is no thread for it.
    }
  }
}

void Front::serve(Link& link) {
  std::string unread;
  while (receive_head(link.client, unread) && answer(link, unread)) continue;
}

bool Front::answer(Link& link, std::string& unread) {
  const std::size_t size = unread.find(blank_line) + blank_line.size();
  const auto parsed = parse_head(std::string_view(unread).substr(0, size));
  unread.erase(0, size);
  RequestHead head = parsed.value_or(RequestHead());
  if (!parsed) head.closes = true;
  const std::string target = parsed ? server_.expect(head.request) : "/refused";
  BodyEnd body(head.length);
  auto answer = ask(plain_head(head, target), body, unread, link.client, link.server);
  const HttpServer::Outcome outcome = server_.finish(target);
  if (!answer) return false;
  answer->fit_to(head.request.method);
  const bool delivered = deliver(*answer, outcome.fault, link.client);
  // Where the library refused a request, or answered before the end of its body, it is unclear where the next
  // one begins.
  return delivered && outcome.served && body.reached() && !head.closes;
}

bool Front::deliver(const Answer& answer, const std::optional<Fault>& fault, Connection& client) {
  const std::string whole = answer.head + answer.body;
  const auto reset_after_status_line = [&] {
    client.send(whole.substr(0, whole.find('\n') + 1));
    client.reset();
  };
  if (!fault) return client.send(whole);
  switch (fault->kind) {
    case FaultKind::drop:
      break;
    case FaultKind::stall:
      wait_until_gone(client);
      break;
    case FaultKind::reset:
      client.reset();
      break;
    case FaultKind::reset_after_status_line:
      reset_after_status_line();
      break;
    case FaultKind::half_body:
      // Without a body there would be nothing that is missing.
      if (answer.body.empty())
        reset_after_status_line();
      else
        client.send(half_of(answer));
      break;
    case FaultKind::stall_in_body:
      client.send(half_of(answer));
      wait_until_gone(client);
      break;
    case FaultKind::slow_bytes:
      return deliver_slowly(whole, fault->pause, client);
  }
  return false;
}

bool Front::deliver_slowly(const std::string& bytes, std::chrono::milliseconds pause, Connection& client) {
  const auto most = std::min<std::chrono::milliseconds>(pause, std::chrono::hours(24));
  pollfd end{ended_.get(), POLLIN, 0};
  for (const char byte : bytes)
    if (!client.send({&byte, 1}) || ::poll(&end, 1, static_cast<int>(most.count())) > 0) return false;
  return true;
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
