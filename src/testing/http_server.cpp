#include "testing/http_server.hpp"

#include "core/headers.hpp"
#include "testing/marked_answer.hpp"
#include "testing/threads.hpp"

#include <httplib.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

namespace operate {
inline namespace v0 {
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

ReceivedRequest read_request(const httplib::Request& request) {
  ReceivedRequest result{request.method, request.path, {}, {}, request.body};
  for (const auto& [name, value] : request.params) result.query.push_back({name, value});
  for (const auto& [name, value] : request.headers) {
    // httplib puts the ends of the connection among the headers.
    if (name != "LOCAL_ADDR" && name != "LOCAL_PORT" && name != "REMOTE_ADDR" && name != "REMOTE_PORT")
      result.headers.push_back({name, value});
  }
  return result;
}

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
  Impl(Serve serve, const std::string& mark) : path_(folder_.path() + "/socket") {
    sigaction(SIGPIPE, &host_programs_, nullptr);
    server_.new_task_queue = [] { return new ThreadPerConnection; };
    server_.set_keep_alive_max_count(1'000'000);
    // A connection is kept for as long as the client keeps it.
    server_.set_keep_alive_timeout(1'000'000);
    // httplib's defaults are for ports.
    server_.set_address_family(AF_UNIX).set_socket_options([](socket_t) {});
    const auto handle = [serve = std::move(serve), mark](const httplib::Request& request,
                                                         httplib::Response& response) {
      const Reply reply = serve(read_request(request));
      write(reply.answer, response);
      response.set_header(mark, mark_value(reply.fault, request.method != "HEAD"));
    };
    server_.Get(".*", handle)
        .Post(".*", handle)
        .Put(".*", handle)
        .Patch(".*", handle)
        .Delete(".*", handle)
        .Options(".*", handle);
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

 private:
  // What making httplib's server changes for the whole program, which is the program's own to decide.
  struct sigaction host_programs_ = [] {
    struct sigaction now {};
    sigaction(SIGPIPE, nullptr, &now);
    return now;
  }();
  PrivateFolder folder_;
  std::string path_;
  httplib::Server server_;
  std::thread thread_;
};

HttpServer::HttpServer(Serve serve, const std::string& mark)
    : impl_(std::make_unique<Impl>(std::move(serve), mark)) {}
HttpServer::~HttpServer() = default;

const std::string& HttpServer::path() const { return impl_->path(); }

}  // namespace testing
}  // namespace v0
}  // namespace operate
