#include <operate/testing/emulator.hpp>

#include "core/headers.hpp"
#include "testing/certificate.hpp"
#include "testing/emulated_api.hpp"
#include "testing/framing.hpp"
#include "testing/front.hpp"
#include "testing/http_server.hpp"
#include "testing/message.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <variant>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t most_requests = 1'000;

void require(bool good, const char* method, const char* problem) {
  if (!good)
    throw std::invalid_argument(std::string("operate::testing::Emulator::") + method + ": " + problem);
}

void require_path(const std::string& path, const char* method) {
  require(path.empty() || path[0] == '/', method, "the path does not begin with /");
}

ReceivedRequest without_key(ReceivedRequest request) {
  for (auto& [name, value] : request.headers)
    if (core::same_name(name, "x-api-key")) value = "[removed]";
  return request;
}

}  // namespace

class Emulator::Impl {
 public:
  using Change = std::function<void(const ReceivedRequest&)>;

  explicit Impl(const EmulatorOptions& options)
      : api_(options.companies, options.state.text()),
        routes_{{{"GET", "/companies/list"}, [this](const auto& request) { return list_companies(request); }},
                {{"POST", "/v/alpha/people/create"},
                 [this](const auto& request) { return api_.create_person(request); }}},
        certificate_(options.tls ? std::make_unique<Certificate>("IP:127.0.0.1,DNS:localhost") : nullptr),
        server_([this](const ReceivedRequest& request) { return serve(request); }),
        front_(options.port, certificate_.get(), server_) {}

  ~Impl() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stopped_.notify_all();
  }

  std::string base_url() const {
    return (certificate_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(front_.port());
  }
  std::string ca_file() const { return certificate_ ? certificate_->file() : ""; }
  EmulatedApi& api() { return api_; }

  void add_route(std::string method, std::string path, Handler handler) {
    const std::lock_guard lock(mutex_);
    routes_[{std::move(method), std::move(path)}] = std::move(handler);
  }
  void script(std::variant<EmulatorResponse, Fault> what, int times, std::string path) {
    const std::lock_guard lock(mutex_);
    scripted_.push_back({std::move(what), times, std::move(path)});
  }
  void clear_next() {
    const std::lock_guard lock(mutex_);
    scripted_.clear();
  }
  void set_latency(milliseconds latency) {
    const std::lock_guard lock(mutex_);
    latency_ = latency;
  }
  void after_each_page(Change change) {
    const std::lock_guard lock(mutex_);
    change_ = std::move(change);
  }
  std::vector<ReceivedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return {requests_.begin(), requests_.end()};
  }
  void clear_requests() {
    const std::lock_guard lock(mutex_);
    requests_.clear();
  }

 private:
  struct Scripted {
    std::variant<EmulatorResponse, Fault> what;
    int times;
    std::string path;  // Empty: of any request.
  };

  Reply serve(const ReceivedRequest& request) {
    Reply reply = script_or_answer(request);
    hold_back(reply.answer.delay);
    return reply;
  }

  Reply script_or_answer(const ReceivedRequest& request) {
    const auto scripted = note(without_key(request));
    if (!scripted) return {answer(request)};
    if (const auto* answer = std::get_if<EmulatorResponse>(&*scripted)) return {*answer};
    const Fault& fault = std::get<Fault>(*scripted);
    return {fault.carried_out ? answer(request)
                              : EmulatedApi::undocumented(503, "The emulator was told not to carry this out"),
            fault};
  }

  // What stands in line for the request. Under the lock that notes it, so that both have one order.
  std::optional<std::variant<EmulatorResponse, Fault>> note(ReceivedRequest request) {
    const std::lock_guard lock(mutex_);
    const auto next = std::find_if(scripted_.begin(), scripted_.end(), [&](const Scripted& one) {
      return one.path.empty() || one.path == request.path;
    });
    requests_.push_back(std::move(request));
    if (requests_.size() > most_requests) requests_.pop_front();
    if (next == scripted_.end()) return std::nullopt;
    auto what = next->what;
    if (--next->times == 0) scripted_.erase(next);
    return what;
  }

  EmulatorResponse answer(const ReceivedRequest& request) {
    EmulatorResponse refusal = api_.check_key(request);
    if (refusal.status != 200) return refusal;
    const Handler handler = find_route(request);
    if (!handler)
      return EmulatedApi::undocumented(404,
                                       "The documentation has no " + request.method + " " + request.path);
    try {
      EmulatorResponse answer = handler(request);
      require_sendable(answer);
      return answer;
    } catch (const std::exception& error) {
      return EmulatedApi::undocumented(500, std::string("The route's handler threw: ") + error.what());
    } catch (...) {
      return EmulatedApi::undocumented(500, "The route's handler threw what is no std::exception");
    }
  }

  Handler find_route(const ReceivedRequest& request) const {
    const std::lock_guard lock(mutex_);
    const auto route = routes_.find({request.method, request.path});
    return route == routes_.end() ? Handler() : route->second;
  }

  EmulatorResponse list_companies(const ReceivedRequest& request) {
    EmulatorResponse page = api_.list_companies(request);
    std::unique_lock lock(mutex_);
    const Change change = change_;
    lock.unlock();
    if (change && page.status == 200) change(request);
    return page;
  }

  void hold_back(milliseconds delay) {
    std::unique_lock lock(mutex_);
    // What a clock cannot count is more than anybody waits for.
    const milliseconds most = std::chrono::hours(24);
    stopped_.wait_for(lock, std::min(delay, most) + std::min(latency_, most), [&] { return stopping_; });
  }

  EmulatedApi api_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::map<std::pair<std::string, std::string>, Handler> routes_;
  std::deque<Scripted> scripted_;
  milliseconds latency_{0};
  Change change_;
  std::deque<ReceivedRequest> requests_;

  std::unique_ptr<Certificate> certificate_;
  HttpServer server_;
  Front front_;
};

Emulator::Emulator(const EmulatorOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Emulator::~Emulator() = default;

std::string Emulator::base_url() const { return impl_->base_url(); }
std::string Emulator::ca_file() const { return impl_->ca_file(); }
JsonText Emulator::state() const { return JsonText(impl_->api().state()); }
std::string Emulator::api_key() const { return impl_->api().key(); }
std::string Emulator::expired_api_key() const { return expired_key; }
std::string Emulator::forbidden_api_key() const { return forbidden_key; }

Config Emulator::config() const {
  Config config;
  config.base_url = base_url();
  config.ca_file = ca_file();
  config.api_key = api_key();
  config.retry.initial_delay = config.retry.max_delay = milliseconds(1);
  return config;
}

void Emulator::rotate_api_key(std::string key, milliseconds keep_previous) {
  require(!key.empty(), "rotate_api_key", "the key is empty");
  require(std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; }), "rotate_api_key",
          "the key has a blank, a control character or a character that is not ASCII");
  require(key != expired_key && key != forbidden_key, "rotate_api_key", "the key is one that is refused");
  require(keep_previous.count() >= 0, "rotate_api_key", "the time is negative");
  impl_->api().rotate_key(std::move(key), keep_previous);
}

void Emulator::add_company(const JsonText& company, std::optional<std::size_t> position) {
  impl_->api().add_company(company.text(), position);
}

bool Emulator::remove_company(const std::string& id) { return impl_->api().remove_company(id); }

void Emulator::after_each_page(std::function<void(const ReceivedRequest&)> change) {
  impl_->after_each_page(std::move(change));
}

void Emulator::add_route(std::string method, std::string path, Handler handler) {
  require(handler != nullptr, "add_route", "the handler is empty");
  require(is_method(method), "add_route", "the method is none, or not in capitals");
  require(!path.empty(), "add_route", "the path is empty");
  require_path(path, "add_route");
  impl_->add_route(std::move(method), std::move(path), std::move(handler));
}

void Emulator::answer_next(EmulatorResponse answer, std::string path) {
  require_sendable(answer);
  require_path(path, "answer_next");
  impl_->script(std::move(answer), 1, std::move(path));
}

void Emulator::fail_next(const Fault& fault, int times) {
  require(times > 0, "fail_next", "the number of times is less than 1");
  require(fault.pause.count() >= 0, "fail_next", "the pause is negative");
  require_path(fault.path, "fail_next");
  impl_->script(fault, times, fault.path);
}

void Emulator::limit_next(int times, std::chrono::seconds retry_after, std::string path) {
  require(times > 0, "limit_next", "the number of times is less than 1");
  require(retry_after.count() >= 0, "limit_next", "the wait is negative");
  require_path(path, "limit_next");
  EmulatorResponse answer = EmulatedApi::undocumented(429, "Too many requests");
  answer.headers = {{"Retry-After", std::to_string(retry_after.count())}};
  impl_->script(std::move(answer), times, std::move(path));
}

void Emulator::set_latency(milliseconds latency) {
  require(latency.count() >= 0, "set_latency", "the time is negative");
  impl_->set_latency(latency);
}

std::vector<ReceivedRequest> Emulator::requests() const { return impl_->requests(); }
void Emulator::clear_next() { impl_->clear_next(); }
void Emulator::clear_requests() { impl_->clear_requests(); }

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
