#pragma once

#include <operate/export.hpp>
#include <operate/version.hpp>

#include <functional>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// Where the results of async calls are delivered (Config::executor): callbacks of Async::then and coroutines
/// go on there. A thread pool, an event loop or a user interface's thread in a class of your own.
///
///     class OnIoContext : public operate::Executor {
///      public:
///       explicit OnIoContext(asio::io_context& context) : context_(context) {}
///       void execute(std::function<void()> task) override { asio::post(context_, std::move(task)); }
///
///      private:
///       asio::io_context& context_;
///     };
class OPERATE_EXPORT Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor();

  /// Runs the task, once, soon, on any thread, but not within this function. It is called by the client's
  /// thread, which it must not keep for long, or by one that is in Async::then, maybe with locks of its own.
  /// Where it throws, the task runs on the client's thread. A task that is dropped without having run is a
  /// result that nobody hears of. Tasks throw nothing.
  ///
  /// Calls under way and every Async that is left keep the executor: the last reference to it may go in a
  /// task that it runs. A pool whose destructor joins its threads is therefore to be kept by its owner until
  /// the client, its calls and every Async are gone.
  ///
  /// Tasks may still wait here, or run, when the client has gone, so what they refer to has
  /// to last until the executor has run them. Config::max_async_calls does not count them.
  virtual void execute(std::function<void()> task) = 0;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
