#include "client/call_reporter.hpp"

#include "core/refuse.hpp"

#include <atomic>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

Observer::~Observer() = default;

namespace detail {

namespace {
// Of the whole program, so that an observer of several clients, alone or among others, tells calls apart.
std::atomic<std::uint64_t> calls{0};
}  // namespace

using std::chrono::duration_cast;
using std::chrono::milliseconds;

CallReporter::CallReporter(Observer* observer, const Request& request, credentials::KeyCache& keys,
                           Clock& clock)
    : observer_(observer), request_(request), keys_(keys), clock_(&clock) {
  if (!observer_) return;
  number_ = calls.fetch_add(1, std::memory_order_relaxed) + 1;
  begin_ = clock_->now();
}

CallReporter::~CallReporter() { end(false, nullptr); }

void CallReporter::begin() {
  if (!observer_ || has_begun_) return;
  has_begun_ = true;
  method_ = keys_.redact(request_.method);
  path_ = keys_.redact(request_.path);
  tell(event(EventKind::call));
}

void CallReporter::key_failed(const ConfigError& error) {
  if (!observer_) return;
  begin();
  // A manager may quote the key that is still in use.
  const ConfigError shown =
      core::setting_error(error.setting(), keys_.redact(error.what()), error.retryable());
  Event event = this->event(EventKind::key);
  event.error = &shown;
  tell(event);
}

void CallReporter::will_wait(milliseconds wait, WaitReason reason) {
  if (!observer_) return;
  begin();
  Event event = this->event(EventKind::wait);
  event.wait = wait;
  event.reason = reason;
  tell(event);
}

TraceContext CallReporter::trace_context(milliseconds waited) noexcept {
  try {
    Event event = this->event(EventKind::attempt);
    event.attempt = attempts_ + 1;
    event.wait = waited;
    event.status = 0;
    event.failure = nullptr;
    event.transfer = nullptr;
    event.traceparent = {};
    return observer_->trace_context(event);
  } catch (...) {
    return {};
  }
}

void CallReporter::attempted(const Attempt& attempt, const EventMessage* message) {
  if (!observer_) return;
  begin();
  ++attempts_;
  last_ = attempt;
  Event event = this->event(EventKind::attempt);
  event.wait = attempt.wait;
  event.duration = attempt.duration;
  event.message = message;
  tell(event);
}

void CallReporter::callback_threw(Observer& observer, std::uint64_t call, const std::string& method,
                                  const std::string& path, const std::exception_ptr& thrown) noexcept {
  Event event;
  event.kind = EventKind::callback;
  event.call = call;
  event.time = std::chrono::system_clock::now();
  event.method = method;
  event.path = path;
  event.exception = thrown;
  try {
    try {
      std::rethrow_exception(thrown);
    } catch (const Error& error) {
      event.error = &error;
      observer.on(event);
    } catch (...) {
      observer.on(event);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): an observer that fails harms no call.
  }
}

void CallReporter::end(bool succeeded, const Error* error) noexcept {
  if (!observer_) return;
  Event event;
  try {
    begin();
    event = this->event(EventKind::result);
    event.duration = duration_cast<milliseconds>(clock_->now() - begin_);
  } catch (...) {  // A clock that fails has failed the call before; or there is no memory.
    event = this->event(EventKind::result);
  }
  event.succeeded = succeeded;
  event.error = error;
  tell(event);
  observer_ = nullptr;
}

Event CallReporter::event(EventKind kind) const {
  Event event;
  event.kind = kind;
  event.call = number_;
  event.time = std::chrono::system_clock::now();
  event.method = method_;
  event.path = path_;
  event.attempt = attempts_;
  if (attempts_ > 0) {
    event.status = last_.status;
    event.failure = last_.failure ? &*last_.failure : nullptr;
    event.transfer = &last_.transfer;
    event.traceparent = traceparent_;
  }
  return event;
}

void CallReporter::tell(const Event& event) const noexcept {
  try {
    observer_->on(event);
  } catch (...) {  // NOLINT(bugprone-empty-catch): an observer that fails harms no call.
  }
}

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
