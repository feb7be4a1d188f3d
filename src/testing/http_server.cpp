#include "testing/http_server.hpp"

#include "core/headers.hpp"
#include "testing/threads.hpp"

#include <httplib.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

// httplib's own pool has a fixed size, and each kept connection holds one of its threads.
class ThreadPerConnection : public httplib::TaskQueue {
 public:
  // What it returns depends on httplib's version: nothing, or whether there was room.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(nullptr));
  Enqueued enqueue(std::function<void()> serve) override {
    threads_.run(std::move(serve));
    return Enqueued(true);
  }
  void shutdown() override { threads_.wait(); }

 private:
  Threads threads_;
};

class PrivateFolder {
 public:
  PrivateFolder() {
    path_ = (std::filesystem::temp_directory_path() / "operate-emulator-XXXXXX").string();
    // The path of a socket has room for little more than a hundred characters.
    if (path_.size() > 90) path_ = "/tmp/operate-emulator-XXXXXX";
    if (!mkdtemp(path_.data())) throw std::runtime_error("operate::testing::Emulator: cannot make " + path_);
  }
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write(const EmulatorResponse& answer, httplib::Response& response) {
  response.status = answer.status;
  std::string type = "application/json";
  for (const auto& [name, value] : answer.headers) {
    if (core::same_name(name, "content-type"))
      type = value;
    else
      response.set_header(name, value);
  }
  response.set_content(answer.body, type);
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(Serve serve) : path_(folder_.path() + "/socket") {
    sigaction(SIGPIPE, &host_programs_, nullptr);
    server_.new_task_queue = [] { return new ThreadPerConnection; };
    server_.set_keep_alive_max_count(1'000'000);
    // A connection is kept for as long as the client keeps it.
    server_.set_keep_alive_timeout(1'000'000);
    // httplib's defaults are for ports.
    server_.set_address_family(AF_UNIX).set_socket_options([](socket_t) {});
    // A client may take its time over a body, as may one that is being debugged.
    server_.set_read_timeout(1'000'000).set_write_timeout(1'000'000);
    server_.Post(
        ".*", [this, serve = std::move(serve)](const httplib::Request& request, httplib::Response& response) {
          auto received = take(request.path);
          if (!received) {
            response.status = 400;
            return;
          }
          received->body = request.body;
          const Reply reply = serve(*received);
          write(reply.answer, response);
          note(request.path, reply.fault);
        });
    constexpr int any_but_zero = 80;
    if (!server_.bind_to_port(path_, any_but_zero))
      throw std::runtime_error("operate::testing::Emulator: cannot listen on " + path_);
    thread_ = std::thread([this] {
      // In the threads that this one begins, too: a client may be gone by the time of its answer.
      sigset_t sigpipe;
      sigemptyset(&sigpipe);
      sigaddset(&sigpipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &sigpipe, nullptr);
      server_.listen_after_bind();
    });
    // stop() does nothing to a server that is not running yet.
    while (!server_.is_running()) std::this_thread::yield();
  }

  ~Impl() {
    server_.stop();
    thread_.join();
  }

  const std::string& path() const { return path_; }

  std::string expect(ReceivedRequest request) {
    const std::lock_guard lock(mutex_);
    std::string target = "/" + std::to_string(++expected_);
    open_[target].request = std::move(request);
    return target;
  }
  Outcome finish(const std::string& target) {
    const std::lock_guard lock(mutex_);
    const auto exchange = open_.extract(target);
    return exchange ? exchange.mapped().outcome : Outcome();
  }

 private:
  struct Exchange {
    std::optional<ReceivedRequest> request;
    Outcome outcome;
  };

  std::optional<ReceivedRequest> take(const std::string& target) {
    const std::lock_guard lock(mutex_);
    const auto exchange = open_.find(target);
    return exchange == open_.end() ? std::nullopt : std::exchange(exchange->second.request, std::nullopt);
  }
  void note(const std::string& target, const std::optional<Fault>& fault) {
    const std::lock_guard lock(mutex_);
    const auto exchange = open_.find(target);
    if (exchange != open_.end()) exchange->second.outcome = {true, fault};
  }

  // What making httplib's server changes for the whole program, which is the program's own to decide.
  struct sigaction host_programs_ = [] {
    struct sigaction now {};
    sigaction(SIGPIPE, nullptr, &now);
    return now;
  }();
  PrivateFolder folder_;
  std::string path_;
  std::mutex mutex_;  // Guards the two that follow.
  std::uint64_t expected_ = 0;
  std::map<std::string, Exchange> open_;
  httplib::Server server_;
  std::thread thread_;
};

HttpServer::HttpServer(Serve serve) : impl_(std::make_unique<Impl>(std::move(serve))) {}
HttpServer::~HttpServer() = default;

const std::string& HttpServer::path() const { return impl_->path(); }
std::string HttpServer::expect(ReceivedRequest request) { return impl_->expect(std::move(request)); }
HttpServer::Outcome HttpServer::finish(const std::string& target) { return impl_->finish(target); }

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
