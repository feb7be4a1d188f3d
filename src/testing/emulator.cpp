#include <operate/testing/emulator.hpp>

#include "testing/certificate.hpp"
#include "testing/emulated_api.hpp"

#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
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
    const std::lock_guard lock(mutex_);
    ++running_;
    std::thread([this, serve = std::move(serve)]() mutable {
      serve();
      serve = nullptr;
      const std::lock_guard done(mutex_);
      --running_;
      // Under the lock: the queue may be gone as soon as the lock is.
      finished_.notify_all();
    }).detach();
    return Enqueued(true);
  }
  void shutdown() override {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable finished_;
  int running_ = 0;
};

bool same_name(const std::string& a, const std::string& b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// What httplib would send beside its own headers, or break off at.
void require_sendable(const EmulatorAnswer& answer) {
  if (answer.status < 200 || answer.status > 599)
    throw std::invalid_argument("operate::testing::EmulatorAnswer: the status is " +
                                std::to_string(answer.status) + "; it must be from 200 to 599");
  if (answer.delay.count() < 0)
    throw std::invalid_argument("operate::testing::EmulatorAnswer: the delay is negative");
  for (const auto& [name, value] : answer.headers) {
    if (name.empty() || name.find_first_of(": \t\r\n") != std::string::npos ||
        value.find_first_of("\r\n") != std::string::npos)
      throw std::invalid_argument("operate::testing::EmulatorAnswer: the header \"" + name +
                                  "\" cannot be sent");
    for (const char* own : {"Content-Length", "Transfer-Encoding", "Connection"})
      if (same_name(name, own))
        throw std::invalid_argument(std::string("operate::testing::EmulatorAnswer: the emulator sets ") +
                                    own + " itself");
  }
}

EmulatorRequest read_request(const httplib::Request& request) {
  EmulatorRequest result{request.method, request.path, {}, {}, request.body};
  for (const auto& [name, value] : request.params) result.query.push_back({name, value});
  for (const auto& [name, value] : request.headers) {
    // httplib puts the ends of the connection among the headers.
    if (name != "LOCAL_ADDR" && name != "LOCAL_PORT" && name != "REMOTE_ADDR" && name != "REMOTE_PORT")
      result.headers.push_back({name, value});
  }
  return result;
}

}  // namespace

std::string EmulatorRequest::header(const std::string& name) const {
  for (const Header& header : headers)
    if (same_name(header.name, name)) return header.value;
  return {};
}

std::string EmulatorRequest::parameter(const std::string& name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

class Emulator::Impl {
 public:
  explicit Impl(const EmulatorOptions& options)
      : api_(options.companies, options.state.text()),
        certificate_(options.tls ? std::make_unique<Certificate>("IP:127.0.0.1,DNS:localhost") : nullptr),
        server_(certificate_
                    ? std::make_unique<httplib::SSLServer>(certificate_->certificate(), certificate_->key())
                    : std::make_unique<httplib::Server>()) {
    routes_[{"GET", "/companies/list"}] = [this](const auto& request) {
      return api_.list_companies(request);
    };
    routes_[{"POST", "/v/alpha/people/create"}] = [this](const auto& request) {
      return api_.create_person(request);
    };

    server_->new_task_queue = [] { return new ThreadPerConnection; };
    server_->set_tcp_nodelay(true);
    server_->set_keep_alive_max_count(1'000'000);
    // Short, because stop() waits until idle connections have run into it.
    server_->set_keep_alive_timeout(1);
    // Not httplib's default, which lets two servers share a port.
    server_->set_socket_options([](socket_t socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    const auto serve = [this](const httplib::Request& request, httplib::Response& response) {
      const EmulatorRequest read = read_request(request);
      write(answer(read), response);
    };
    server_->Get(".*", serve)
        .Post(".*", serve)
        .Put(".*", serve)
        .Patch(".*", serve)
        .Delete(".*", serve)
        .Options(".*", serve);

    constexpr const char* host = "127.0.0.1";
    if (options.port == 0)
      port_ = server_->bind_to_any_port(host);
    else
      port_ = server_->bind_to_port(host, options.port) ? options.port : -1;
    if (port_ <= 0)
      throw std::runtime_error("operate::testing::Emulator: port " + std::to_string(options.port) +
                               " of 127.0.0.1 cannot be listened on; is it taken?");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    // stop() does nothing to a server that is not running yet.
    while (!server_->is_running()) std::this_thread::yield();
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stopped_.notify_all();
    server_->stop();
    thread_.join();
  }

  std::string base_url() const {
    return (certificate_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
  }
  std::string ca_file() const { return certificate_ ? certificate_->file() : ""; }
  std::string state() const { return api_.state(); }

  void add_route(std::string method, std::string path, Handler handler) {
    if (!handler) throw std::invalid_argument("operate::testing::Emulator::add_route: the handler is empty");
    const std::lock_guard lock(mutex_);
    routes_[{std::move(method), std::move(path)}] = std::move(handler);
  }
  void answer_next(EmulatorAnswer answer) {
    require_sendable(answer);
    const std::lock_guard lock(mutex_);
    scripted_.push_back(std::move(answer));
  }

 private:
  EmulatorAnswer answer(const EmulatorRequest& request) {
    Handler handler;
    {
      const std::lock_guard lock(mutex_);
      if (!scripted_.empty()) {
        EmulatorAnswer answer = std::move(scripted_.front());
        scripted_.pop_front();
        return answer;
      }
      const auto route = routes_.find({request.method, request.path});
      if (route != routes_.end()) handler = route->second;
    }
    EmulatorAnswer refusal = EmulatedApi::check_key(request);
    if (refusal.status != 200) return refusal;
    if (!handler)
      return EmulatedApi::undocumented(404,
                                       "The documentation has no " + request.method + " " + request.path);
    try {
      EmulatorAnswer answer = handler(request);
      require_sendable(answer);
      return answer;
    } catch (const std::exception& error) {
      return EmulatedApi::undocumented(500, std::string("The route's handler threw: ") + error.what());
    }
  }

  void write(const EmulatorAnswer& answer, httplib::Response& response) {
    if (answer.delay.count() > 0) {
      std::unique_lock lock(mutex_);
      // What a clock cannot count is more than anybody waits for.
      const auto delay = std::min<std::chrono::milliseconds>(answer.delay, std::chrono::hours(24));
      stopped_.wait_for(lock, delay, [&] { return stopping_; });
    }
    response.status = answer.status;
    std::string type = "application/json";
    for (const auto& [name, value] : answer.headers) {
      if (same_name(name, "content-type"))
        type = value;
      else
        response.set_header(name, value);
    }
    response.set_content(answer.body, type);
  }

  EmulatedApi api_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::map<std::pair<std::string, std::string>, Handler> routes_;
  std::deque<EmulatorAnswer> scripted_;
  std::unique_ptr<Certificate> certificate_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

Emulator::Emulator(const EmulatorOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Emulator::~Emulator() = default;

std::string Emulator::base_url() const { return impl_->base_url(); }
std::string Emulator::ca_file() const { return impl_->ca_file(); }
JsonText Emulator::state() const { return JsonText(impl_->state()); }
std::string Emulator::api_key() const { return good_key; }
std::string Emulator::expired_api_key() const { return expired_key; }
std::string Emulator::forbidden_api_key() const { return forbidden_key; }

Config Emulator::config() const {
  Config config;
  config.base_url = base_url();
  config.ca_file = ca_file();
  config.api_key = api_key();
  config.retry.initial_delay = config.retry.max_delay = std::chrono::milliseconds(1);
  return config;
}

void Emulator::add_route(std::string method, std::string path, Handler handler) {
  impl_->add_route(std::move(method), std::move(path), std::move(handler));
}

void Emulator::answer_next(EmulatorAnswer answer) { impl_->answer_next(std::move(answer)); }

}  // namespace testing
}  // namespace v0
}  // namespace operate
