#pragma once

#include "client/async_call.hpp"
#include "client/call_context.hpp"
#include "http/async_transport.hpp"

#include <operate/detail/async_handle.hpp>
#include <operate/request.hpp>

#include <functional>
#include <memory>
#include <thread>

namespace operate::client {

/// The client's thread and the calls that it drives. Any number of threads may submit.
class Engine {
 public:
  /// Starts the thread.
  Engine(std::shared_ptr<CallContext> context, std::unique_ptr<http::AsyncTransport> transport);
  /// Each call that is left ends in a CancelledError, and the thread with the last of them. May run on that
  /// thread itself, or on another engine's: it then goes on for as long by itself.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Lets a call run. `make` makes its request; that it throws ValidationError, or the arguments are refused,
  /// is an outcome like any other. Waits where there are as many as there may be, unless the options say
  /// otherwise or it is the engine's own thread that asks.
  detail::AsyncHandle submit(const std::function<Request()>& make, RequestOptions options,
                             bool safe_to_repeat, AsyncCall::Read read);

 private:
  class Loop;
  std::shared_ptr<detail::AsyncState> state_of(const Request& request);
  std::shared_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace operate::client
