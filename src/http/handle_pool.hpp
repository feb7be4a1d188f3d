#pragma once

#include "http/easy_handle.hpp"
#include "http/kept_sockets.hpp"
#include "http/transport_settings.hpp"
#include "sync/per_process.hpp"

#include <operate/cancellation.hpp>

#include <curl/curl.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace operate::http {

/// A transfer's handle and a multi of its own, which keeps the connection: curl_multi_poll reacts at once
/// where curl_easy_perform looks up about once a second.
class Handle {
 public:
  explicit Handle(const TransportSettings& settings);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  EasyHandle& easy() noexcept { return easy_; }
  CURLM* multi() const noexcept { return multi_; }

  /// To be called after a transfer, before its easy handle leaves the multi: remembers the connection that is
  /// kept, if one is.
  void note_connection() noexcept { kept_ = KeptConnection(easy_.get()); }
  /// Of the kept connection.
  bool has_unasked_input() const noexcept { return kept_.has_unasked_input(); }

 private:
  EasyHandle easy_;
  CURLM* multi_;
  KeptConnection kept_;
};

/// At most TransportSettings::max_connections handles, made when first needed. The one used last is lent
/// first, so that its connection is the least likely to have been closed meanwhile. Any number of threads.
/// A child of a fork has a pool of its own.
class HandlePool {
  struct State;

 public:
  /// The settings have to live as long.
  explicit HandlePool(const TransportSettings& settings) : settings_(settings) {}

  /// A handle on loan. It goes back when the lease ends, unless it was dropped.
  class Lease {
   public:
    Lease(State& state, std::unique_ptr<Handle> handle) : state_(&state), handle_(std::move(handle)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    explicit operator bool() const noexcept { return handle_ != nullptr; }
    Handle& operator*() const noexcept { return *handle_; }
    /// Closes the handle's connection, whose state is not known after an error.
    void drop();

   private:
    State* state_;
    std::unique_ptr<Handle> handle_;
  };

  /// Waits for a free handle; the lease is empty where there was none in time, or before `cancel` was
  /// cancelled.
  Lease lease(std::chrono::steady_clock::time_point until, const CancellationToken& cancel);

 private:
  struct State {
    void give_back(std::unique_ptr<Handle> handle);
    static void wake(void* state) noexcept;

    std::mutex mutex;
    std::condition_variable freed;
    std::size_t lent = 0;
    std::vector<std::unique_ptr<Handle>> idle;
  };

  const TransportSettings& settings_;
  sync::PerProcess<State> state_;
};

}  // namespace operate::http
