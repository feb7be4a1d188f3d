#pragma once

#include "credentials/key_cache.hpp"

#include <operate/clock.hpp>
#include <operate/error.hpp>
#include <operate/observer.hpp>
#include <operate/request.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// Tells a client's observer of one call; without one, it does nothing. Whatever the observer throws ends
/// here.
class CallReporter {
 public:
  /// The call begins. All have to live as long.
  CallReporter(Observer* observer, const Request& request, credentials::KeyCache& keys, Clock& clock);
  /// Where nothing else has said how the call ended, something else than an Error did.
  ~CallReporter();
  CallReporter(const CallReporter&) = delete;
  CallReporter& operator=(const CallReporter&) = delete;

  explicit operator bool() const noexcept { return observer_ != nullptr; }
  /// Event::call; 0 without an observer.
  std::uint64_t number() const noexcept { return number_; }

  /// Tells of the call, once there is a key that may have to be taken out of it, or is none.
  void begin();

  /// There was no newer key than the one that there is.
  void key_failed(const ConfigError& error);

  void will_wait(std::chrono::milliseconds wait, WaitReason reason);
  /// The trace that the next attempt is to belong to, which has waited for so long.
  TraceContext trace_context(std::chrono::milliseconds waited) noexcept;
  /// What the next attempt is sent with, without the key.
  void sent_with(std::string traceparent) { traceparent_ = std::move(traceparent); }
  /// `message` is null unless the observer asks for it.
  void attempted(const Attempt& attempt, const EventMessage* message);
  /// What an async call's result was given to has thrown.
  static void callback_threw(Observer& observer, std::uint64_t call, const std::string& method,
                             const std::string& path, const std::exception_ptr& thrown) noexcept;
  void succeeded() noexcept { end(true, nullptr); }
  void failed(const Error& error) noexcept { end(false, &error); }

 private:
  Event event(EventKind kind) const;
  void end(bool succeeded, const Error* error) noexcept;
  void tell(const Event& event) const noexcept;

  Observer* observer_;
  const Request& request_;
  credentials::KeyCache& keys_;
  Clock* clock_;
  bool has_begun_ = false;
  std::string method_, path_, traceparent_;
  std::uint64_t number_ = 0;
  Clock::time_point begin_ = {};
  int attempts_ = 0;
  Attempt last_ = {};
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
