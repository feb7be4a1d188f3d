#include "http/multi_transport.hpp"

#include "http/curl_transfer.hpp"
#include "http/quick_exit.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace operate::http {

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// libcurl's own limit, unless the server's is lower.
constexpr std::size_t streams_of_a_connection = 100;

constexpr std::chrono::minutes longest_poll{1};

}  // namespace

/// A handle, and what is under way on it.
struct MultiTransport::Running {
  explicit Running(const TransportSettings& settings) : easy(settings) {}
  EasyHandle easy;
  void* owner = nullptr;
  const TransportRequest* request = nullptr;
  TransportLimits limits = {};
  std::size_t index = 0;  // In running_.
  bool in_multi = false;
  std::optional<CurlTransfer> transfer = {};
};

MultiTransport::MultiTransport(TransportSettings settings)
    : settings_(prepared(std::move(settings))), multi_(curl_multi_init()), waker_(multi_.get()) {
  if (!multi_) throw std::bad_alloc();
  set_quick_exit(multi_.get());
  const auto connections = static_cast<long>(settings_.max_connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
}

MultiTransport::~MultiTransport() {
  for (const auto& running : running_) curl_multi_remove_handle(multi_.get(), running->easy.get());
}

std::size_t MultiTransport::capacity() const noexcept {
  return settings_.max_connections * (multiplexes_ ? streams_of_a_connection : 1);
}

void MultiTransport::begin(void* owner, const TransportRequest& request, const TransportLimits& limits) {
  // With room for all of them, ending one cannot fail.
  idle_.reserve(running_.size() + idle_.size() + 1);
  running_.reserve(running_.size() + 1);
  std::unique_ptr<Running> running;
  if (idle_.empty()) {
    running = std::make_unique<Running>(settings_);
  } else {
    running = std::move(idle_.back());
    idle_.pop_back();
  }
  running->owner = owner;
  running->request = &request;
  running->limits = limits;
  start(std::move(running), false);
}

void MultiTransport::start(std::unique_ptr<Running> running, bool fresh) {
  using Connection = CurlTransfer::Connection;
  const Connection connection = fresh          ? Connection::fresh
                                : multiplexes_ ? Connection::shared
                                               : Connection::kept;
  running->transfer.emplace(running->easy, settings_, *running->request, running->limits, connection,
                            &kept_sockets_);
  running->easy.set(CURLOPT_PRIVATE, running.get());
  running->transfer->start();
  running->index = running_.size();
  running_.push_back(std::move(running));
  ++outside_;
  next_check_ = {};
}

void MultiTransport::perform(std::vector<Ended>& ended) {
  if (running_.empty()) return;
  ended.reserve(ended.size() + running_.size());  // What libcurl has told once it does not tell again.
  int count = 0;
  curl_multi_perform(multi_.get(), &count);  // Where it fails, for lack of memory, limits still count.
  collect(ended);
  while (outside_ > 0) add_new_ones(ended);
  if (!running_.empty() && SteadyClock::now() >= next_check_) end_those_out_of_time(ended);
}

// One by one, so that only the new transfer makes progress: if another one ended meanwhile, the new one could
// take its connection before note() has checked it.
void MultiTransport::add_new_ones(std::vector<Ended>& ended) {
  for (std::size_t i = 0; i < running_.size() && outside_ > 0;) {
    Running& running = *running_[i];
    if (running.in_multi) {
      ++i;
      continue;
    }
    running.in_multi = true;
    --outside_;
    if (curl_multi_add_handle(multi_.get(), running.easy.get()) == CURLM_OK) {
      int count = 0;
      curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &count);
      collect(ended);
    } else {
      end(running, CURLE_OUT_OF_MEMORY, ended);
    }
  }
}

void MultiTransport::collect(std::vector<Ended>& ended) {
  int count = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &count)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    void* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    end(*static_cast<Running*>(self), code, ended);
  }
}

void MultiTransport::end_those_out_of_time(std::vector<Ended>& ended) {
  milliseconds least = settings_.stall_timeout;
  for (std::size_t i = running_.size(); i-- > 0;) {
    Running& running = *running_[i];
    if (running.transfer->must_end())
      end(running, std::nullopt, ended);
    else
      least = std::min(least, running.transfer->time_left());
  }
  next_check_ = SteadyClock::now() + least;
}

void MultiTransport::end(Running& running, std::optional<CURLcode> code, std::vector<Ended>& ended) {
  if (code == CURLE_OK) {
    kept_sockets_.note(running.easy.get());
    multiplexes_ = running.transfer->number(CURLINFO_HTTP_VERSION) >= CURL_HTTP_VERSION_2_0;
  }
  if (std::exchange(running.in_multi, false))
    curl_multi_remove_handle(multi_.get(), running.easy.get());
  else
    --outside_;
  auto taken = std::exchange(running_[running.index], std::move(running_.back()));
  running_.pop_back();
  if (taken->index < running_.size()) running_[taken->index]->index = taken->index;

  Ended result{taken->owner};
  try {
    // Nothing was sent: as if libcurl had not chosen that connection.
    if (taken->transfer->met_unasked_input()) {
      taken->transfer.reset();
      start(std::move(taken), true);
      return;
    }
    result.result = taken->transfer->finish(code);
  } catch (...) {
    result.exception = std::current_exception();
  }
  if (taken) {
    taken->transfer.reset();
    taken->limits = {};
    idle_.push_back(std::move(taken));
  }
  ended.push_back(std::move(result));
}

void MultiTransport::wait(milliseconds at_most) {
  if (running_.empty() && at_most == no_limit) {
    waker_.wait_for_wake();
    return;
  }
  if (!running_.empty()) {
    const auto left = std::chrono::ceil<milliseconds>(next_check_ - SteadyClock::now());
    at_most = std::clamp(left, milliseconds(0), at_most);
  }
  waker_.wait(std::min<milliseconds>(at_most, longest_poll));
}

void MultiTransport::wake() noexcept { waker_.wake(); }

}  // namespace operate::http
