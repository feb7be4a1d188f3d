#include "client/engine.hpp"

#include "client/alarm.hpp"
#include "client/key_fetch.hpp"
#include "core/concurrency.hpp"
#include "core/validation.hpp"
#include "sync/cancellation.hpp"

#ifndef _WIN32
#include <csignal>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace operate::client {

namespace {

using std::chrono::milliseconds;

// Signals are for the host program's own threads: one that is started meanwhile gets none.
class BlockedSignals {
 public:
#ifdef _WIN32
  BlockedSignals() = default;
#else
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
#endif
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

#ifndef _WIN32

 private:
  sigset_t before_;
#endif
};

// Whether this is the own thread of some client. They never wait for each other, as two of them could do so
// in a circle.
thread_local bool is_clients_thread = false;

std::thread started(std::function<void()> run) {
  const BlockedSignals blocked;
  return std::thread(std::move(run));
}

}  // namespace

/// What the thread works on; kept by it and by all handles.
class Engine::Loop : public detail::AsyncDelivery {
 public:
  Loop(std::shared_ptr<CallContext> context, std::unique_ptr<http::AsyncTransport> transport)
      : context_(std::move(context)), transport_(std::move(transport)), executor_(context_->config.executor) {
    const auto wake_up = [this] { wake(); };
    if (context_->config.clock) alarm_.emplace(context_->clock, wake_up);
    if (context_->keys->can_change()) key_fetch_.emplace(context_->keys, wake_up);
  }

  CallContext& context() { return *context_; }

  void run();

  /// Lets a call run, unless there are as many as there may be; then `call` stays where it is. Waits for a
  /// place until `until` or until the token is cancelled, where `waits`.
  bool add(std::unique_ptr<AsyncCall>& call, bool waits, const CancellationToken& cancel,
           Clock::time_point until) {
    const detail::CancellationCallback wake_up(cancel, &Loop::on_cancelled_wait, this);
    std::unique_lock lock(mutex_);
    // A call that is cancelled needs no place, as it ends at once.
    const auto may_enter = [&] {
      return unfinished_ < context_->config.max_async_calls || cancel.is_cancelled();
    };
    // On this thread, waiting would be for itself.
    if (!is_this_thread()) {
      if (waits) room_.wait_until(lock, until, may_enter);
      if (!may_enter()) return false;
    }
    arrived_.push_back(std::move(call));
    arrived_.back()->self = std::prev(arrived_.end());
    ++unfinished_;
    lock.unlock();
    wake();
    return true;
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
  }

  void deliver(std::shared_ptr<detail::AsyncState> state) noexcept override {
    if (executor_) {
      try {
        executor_->execute([state] { state->run_continuation(); });
        return;
      } catch (...) {  // NOLINT(bugprone-empty-catch): it runs here instead.
      }
    }
    {
      std::unique_lock lock(mutex_);
      if (closed_) {
        lock.unlock();
        state->run_continuation();
        return;
      }
      detail::AsyncState* const last = state.get();
      (last_to_deliver_ ? last_to_deliver_->next : to_deliver_) = std::move(state);
      last_to_deliver_ = last;
    }
    wake();
  }
  bool is_this_thread() const noexcept override { return thread_.load() == std::this_thread::get_id(); }

  static void on_cancelled(void* self) noexcept {
    auto& loop = *static_cast<Loop*>(self);
    loop.any_cancelled_ = true;
    loop.wake();
  }

 private:
  using Place = AsyncCall::Place;

  static void on_cancelled_wait(void* self) noexcept {
    auto& loop = *static_cast<Loop*>(self);
    { const std::lock_guard lock(loop.mutex_); }
    loop.room_.notify_all();
  }

  // Not under the lock, which the thread would wake up to wait for.
  void wake() noexcept {
    if (woken_.exchange(true) || is_this_thread()) return;
    const std::lock_guard lock(waking_);
    if (transport_) transport_->wake();
  }

  void take_what_came();
  bool has_ended();
  void advance(AsyncCall& call, bool is_next_in_line = false) noexcept;
  Call::Step step(AsyncCall& call, bool is_next_in_line);
  void take_out(AsyncCall& call) noexcept;
  void complete(AsyncCall& call, std::exception_ptr exception = {}) noexcept;
  void admit();
  void wake_sleepers();
  void hear_of_ended();
  void hear_of_key();
  void advance_cancelled();
  bool has_room() const { return transport_->size() < concurrency_.limit(transport_->capacity()); }
  milliseconds time_to_wait();
  // A user's clock that fails ends every call that waits for a time: each asks it by itself.
  Clock::time_point now() noexcept {
    try {
      return context_->clock->now();
    } catch (...) {
      return Clock::time_point::max();
    }
  }

  std::shared_ptr<CallContext> context_;
  std::unique_ptr<http::AsyncTransport> transport_;
  const std::shared_ptr<Executor> executor_;
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> woken_{false};
  std::atomic<bool> any_cancelled_{false};

  std::mutex waking_;  // Held while the transport is woken, and while it goes.

  std::mutex mutex_;
  std::condition_variable room_;
  std::list<std::unique_ptr<AsyncCall>> arrived_;
  std::shared_ptr<detail::AsyncState> to_deliver_;  // The first of a line.
  detail::AsyncState* last_to_deliver_ = nullptr;
  std::size_t unfinished_ = 0;
  bool stopping_ = false;
  bool closed_ = false;

  // From here on the thread's own, without the lock. Where a call goes on, and where it ends, no memory is
  // asked for but in what can end that call alone.
  std::list<std::unique_ptr<AsyncCall>> arrived_now_, calls_;
  std::multimap<Clock::time_point, AsyncCall*> asleep_;     // By the time at which they are due.
  std::multimap<Clock::time_point, AsyncCall*> deadlines_;  // Of those in line or without a key.
  std::list<AsyncCall*> line_;
  std::list<AsyncCall*> keyless_;  // Those that wait for a key.
  core::Concurrency concurrency_;
  std::optional<Alarm> alarm_;                      // Where there is a clock of the user's own.
  std::optional<KeyFetch> key_fetch_;               // Where the key can change.
  std::vector<http::AsyncTransport::Ended> ended_;  // Kept for its memory.
};

void Engine::Loop::run() {
  thread_ = std::this_thread::get_id();
  is_clients_thread = true;
  for (;;) {
    woken_ = false;
    take_what_came();
    if (any_cancelled_.exchange(false)) advance_cancelled();
    wake_sleepers();
    admit();
    hear_of_ended();
    hear_of_key();
    if (woken_) continue;
    if (has_ended()) break;
    transport_->wait(time_to_wait());
  }
  // The handles that are left need neither connections nor the key.
  alarm_.reset();
  key_fetch_.reset();
  {
    const std::lock_guard lock(waking_);
    transport_.reset();
  }
  context_.reset();
}

// Whether there will be no call and no task any more.
bool Engine::Loop::has_ended() {
  const std::lock_guard lock(mutex_);
  if (!stopping_ || !calls_.empty() || !arrived_.empty() || to_deliver_) return false;
  closed_ = true;
  return true;
}

void Engine::Loop::take_what_came() {
  std::shared_ptr<detail::AsyncState> ready;
  {
    const std::lock_guard lock(mutex_);
    ready.swap(to_deliver_);
    last_to_deliver_ = nullptr;
  }
  while (ready) {
    ready->run_continuation();
    ready = std::exchange(ready->next, nullptr);
  }
  bool stopping = false;
  {
    // Behind the callbacks, which may have made some.
    const std::lock_guard lock(mutex_);
    arrived_now_.swap(arrived_);
    stopping = stopping_;
  }
  while (!arrived_now_.empty()) {
    AsyncCall& added = *arrived_now_.front();
    calls_.splice(calls_.end(), arrived_now_, arrived_now_.begin());
    advance(added);
  }
  if (!stopping) return;
  for (const auto& call : calls_) call->cancel();
}

// Finds out what is due, wherever the call stands, unless it is on the wire.
void Engine::Loop::advance(AsyncCall& call, bool is_next_in_line) noexcept {
  if (call.place == Place::on_the_wire) return;
  take_out(call);
  std::exception_ptr exception;
  try {
    if (step(call, is_next_in_line) != Call::Step::finish) return;
  } catch (...) {
    exception = std::current_exception();
  }
  complete(call, std::move(exception));
}

Call::Step Engine::Loop::step(AsyncCall& call, bool is_next_in_line) {
  const Call::Step next = call.call().next();
  if (next == Call::Step::wait) {
    call.timer = asleep_.emplace(call.call().due_at(), &call);
    call.place = Place::asleep;
  } else if (next == Call::Step::send && has_room() && (is_next_in_line || line_.empty())) {
    const TransportLimits limits = call.call().begin_attempt();
    transport_->begin(&call, call.call().request(), limits);
    call.epoch = concurrency_.epoch();
    call.place = Place::on_the_wire;
  } else if (next == Call::Step::send || next == Call::Step::fetch_key) {
    const bool has_key = next == Call::Step::send;
    auto& line = has_key ? line_ : keyless_;
    call.in_line = line.insert(line.end(), &call);
    call.timer = deadlines_.end();
    call.place = has_key ? Place::in_line : Place::wants_key;
    call.missed_fetch = !has_key && key_fetch_->has_ended();
    call.timer = deadlines_.emplace(call.call().deadline(), &call);
  }
  return next;
}

void Engine::Loop::take_out(AsyncCall& call) noexcept {
  if (call.place == Place::asleep) asleep_.erase(call.timer);
  if (call.place == Place::in_line || call.place == Place::wants_key) {
    if (call.timer != deadlines_.end()) deadlines_.erase(call.timer);
    (call.place == Place::in_line ? line_ : keyless_).erase(call.in_line);
  }
  call.place = Place::nowhere;
}

void Engine::Loop::complete(AsyncCall& call, std::exception_ptr exception) noexcept {
  take_out(call);
  const std::unique_ptr<AsyncCall> owned = std::move(*call.self);
  calls_.erase(owned->self);
  {
    const std::lock_guard lock(mutex_);
    --unfinished_;
    room_.notify_one();
  }
  if (exception)
    owned->fail(std::move(exception));
  else
    owned->finish();
}

void Engine::Loop::admit() {
  while (!line_.empty() && has_room()) advance(*line_.front(), true);
}

void Engine::Loop::wake_sleepers() {
  if (const auto failure = alarm_ ? alarm_->take_failure() : nullptr)
    while (!asleep_.empty()) complete(*asleep_.begin()->second, failure);
  if (asleep_.empty() && deadlines_.empty()) return;
  const auto now = this->now();
  for (auto* timers : {&asleep_, &deadlines_}) {
    // Counted, as those that find that they are not due are back in here.
    for (auto due = std::distance(timers->begin(), timers->upper_bound(now)); due > 0; --due)
      if (!timers->empty()) advance(*timers->begin()->second);
  }
}

void Engine::Loop::hear_of_ended() {
  const std::size_t under_way = transport_->size();
  try {
    transport_->perform(ended_);
  } catch (...) {  // NOLINT(bugprone-empty-catch): without memory; it is tried again.
  }
  // What has ended has made room. Said first, so that whoever has waited for it, and calls again, need not.
  if (!ended_.empty()) woken_ = true;
  for (auto& [owner, result, exception] : ended_) {
    AsyncCall& call = *static_cast<AsyncCall*>(owner);
    call.place = Place::nowhere;
    if (const auto* response = std::get_if<TransportResponse>(&result)) {
      if (response->status == 429) concurrency_.refused(call.epoch, under_way);
      if (response->status < 400) concurrency_.succeeded(transport_->capacity());
    }
    if (!exception) try {
        call.call().end_attempt(std::move(result));
      } catch (...) {
        exception = std::current_exception();
      }
    if (exception)
      complete(call, std::move(exception));
    else
      advance(call);
  }
  ended_.clear();
}

void Engine::Loop::hear_of_key() {
  if (!key_fetch_) return;
  if (const auto ended = key_fetch_->take()) {
    // Counted, as those who find that this was not for them go to its end.
    for (auto waiting = keyless_.size(); waiting > 0; --waiting) {
      AsyncCall& call = *keyless_.front();
      if (std::exchange(call.missed_fetch, false) && (ended->error || ended->other)) {
        keyless_.splice(keyless_.end(), keyless_, keyless_.begin());
        continue;
      }
      if (ended->other) {
        complete(call, ended->other);
        continue;
      }
      try {
        if (ended->error) call.call().fail_key(*ended->error);
      } catch (...) {
        complete(call, std::current_exception());
        continue;
      }
      advance(call);
    }
  }
  while (!keyless_.empty()) {
    try {
      key_fetch_->start(keyless_.front()->call().refused_key());
      return;
    } catch (...) {  // No thread could be started; maybe for the next.
      complete(*keyless_.front(), std::current_exception());
    }
  }
  key_fetch_->cancel_fetch();
  try {
    if (!calls_.empty() && context_->keys->wants_refresh()) key_fetch_->start_refresh();
  } catch (...) {  // NOLINT(bugprone-empty-catch): all calls go on with the key that there is.
  }
}

void Engine::Loop::advance_cancelled() {
  transport_->note_cancellation();
  for (auto next = calls_.begin(); next != calls_.end();) {
    AsyncCall& call = **next++;
    if (call.is_cancelled()) advance(call);
  }
}

milliseconds Engine::Loop::time_to_wait() {
  if (alarm_) {
    try {
      alarm_->set(asleep_.empty() ? std::nullopt : std::optional(asleep_.begin()->first));
    } catch (...) {
      return milliseconds(10);  // No thread could be started.
    }
    // Nobody sleeps for those in line: a clock that moves with its sleepers would take their time away.
    return deadlines_.empty() ? http::AsyncTransport::no_limit : milliseconds(10);
  }
  auto next = Clock::time_point::max();
  for (const auto* timers : {&asleep_, &deadlines_})
    if (!timers->empty()) next = std::min(next, timers->begin()->first);
  if (next == Clock::time_point::max()) return http::AsyncTransport::no_limit;
  const auto left = std::chrono::ceil<milliseconds>(next - now());
  return std::max(left, milliseconds(0));
}

Engine::Engine(std::shared_ptr<CallContext> context, std::unique_ptr<http::AsyncTransport> transport)
    : loop_(std::make_shared<Loop>(std::move(context), std::move(transport))),
      thread_(started([loop = loop_] { loop->run(); })) {}

Engine::~Engine() {
  loop_->stop();
  if (is_clients_thread)
    thread_.detach();
  else
    thread_.join();
}

std::shared_ptr<detail::AsyncState> Engine::state_of(const Request& request) {
  CallContext& context = loop_->context();
  detail::AsyncState::OnThrow on_throw;
  if (context.config.observer)
    on_throw = [observer = context.config.observer, keys = context.keys, method = request.method,
                path = request.path](std::uint64_t call, const std::exception_ptr& thrown) {
      detail::CallReporter::callback_threw(*observer, call, keys->redact(method), keys->redact(path), thrown);
    };
  return std::make_shared<detail::AsyncState>(loop_, std::move(on_throw));
}

detail::AsyncHandle Engine::submit(const std::function<Request()>& make, RequestOptions options,
                                   bool safe_to_repeat, AsyncCall::Read read) {
  CallContext& context = loop_->context();
  Request request;
  std::exception_ptr exception;
  try {
    request = make();
    core::validate(request);
    core::validate(options);
  } catch (const ValidationError&) {
    exception = std::current_exception();
  }
  const auto state = state_of(request);
  if (!exception) try {
      const bool waits = options.when_full == WhenFull::wait;
      const auto until = std::chrono::steady_clock::now() + context.limits_of(options).deadline;
      const CancellationToken cancel = options.cancel;
      auto call = std::make_unique<AsyncCall>(context, std::move(request), std::move(options), safe_to_repeat,
                                              std::move(read), state, &Loop::on_cancelled, loop_.get());
      if (!loop_->add(call, waits, cancel, until)) {
        call->call().refuse(waits);
        call->finish();
      }
    } catch (...) {
      exception = std::current_exception();
    }
  if (exception) state->set(detail::failed(std::move(exception)));
  return detail::AsyncHandle(state);
}

}  // namespace operate::client
