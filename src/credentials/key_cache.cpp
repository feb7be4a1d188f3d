#include "credentials/key_cache.hpp"

#include "core/refuse.hpp"
#include "sync/cancellation.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace operate::credentials {

namespace {

using Kind = detail::KeyProvider::Kind;

// A source that knew no other key than the refused one is asked again after this time, as the new key may be
// put there later than the old one is taken away.
constexpr std::chrono::seconds ask_again_after{30};

detail::FetchedKey at_hand(const detail::KeyProvider& provider) {
  if (provider.kind() == Kind::slow) return {};
  return provider.fetch({std::chrono::milliseconds(0)});
}

bool is_same(const KeyCache::Key& one, const KeyCache::Key& other) {
  return one && other && (one == other || one->value() == other->value());
}

}  // namespace

KeyCache::KeyCache(std::shared_ptr<const detail::KeyProvider> provider, std::shared_ptr<Clock> clock)
    : provider_(std::move(provider)),
      clock_(std::move(clock)),
      kind_(provider_->kind()),
      first_(at_hand(*provider_)) {}

KeyCache::State& KeyCache::state() {
  return state_.get([this] { return std::make_unique<State>(first_); });
}

bool KeyCache::State::wants_another(const Key& refused, Clock::time_point now) const {
  return !key || (is_same(key, refused) && now >= ask_again_from);
}

void KeyCache::State::take(const detail::FetchedKey& fetched, const Key& refused, Clock::time_point now) {
  version = fetched.version;
  if (!is_same(key, fetched.key)) {
    key = fetched.key;
    ask_again_from = Clock::time_point::min();
  }
  if (is_same(key, refused)) ask_again_from = now + ask_again_after;
}

void KeyCache::State::wake(void* state) noexcept {
  auto* self = static_cast<State*>(state);
  { const std::lock_guard lock(self->mutex); }
  self->changed.notify_all();
}

KeyCache::Key KeyCache::ready(const Key& refused) {
  if (kind_ == Kind::fixed) return first_.key;
  State& state = this->state();
  const auto now = clock_->now();
  const std::lock_guard lock(state.mutex);
  if (kind_ == Kind::file) return of_file(state, refused);
  return state.wants_another(refused, now) ? nullptr : state.key;
}

// Read under the lock, which is as short as the file is.
KeyCache::Key KeyCache::of_file(State& state, const Key& refused) {
  const auto now = clock_->now();
  const bool is_due = state.wants_another(refused, now);
  if (!is_due && state.version != FileVersion() && state.version == provider_->version()) return state.key;
  try {
    state.take(provider_->fetch({std::chrono::milliseconds(0)}), refused, now);
  } catch (const ConfigError&) {
    // While it is replaced, a file may be missing, empty or half there; the key that was in it is still good
    // until the server says otherwise.
    if (is_due) throw;
  }
  return state.key;
}

KeyCache::Key KeyCache::fetch(const Key& refused, const detail::FetchLimits& limits) {
  const auto begin = std::chrono::steady_clock::now();
  const auto until = begin + limits.time_left;
  const auto this_thread = std::this_thread::get_id();
  State& state = this->state();
  const detail::CancellationCallback wake(limits.cancel, &State::wake, &state);
  std::unique_lock lock(state.mutex);
  while (state.wants_another(refused, clock_->now()) && state.asking != std::thread::id()) {
    if (state.asking == this_thread)
      core::refuse_setting("Config::api_key",
                           "The callback that is to give the API key makes a call that needs it, by the same "
                           "client. Let it use another client, or none.");
    const auto round = state.round;
    const bool is_over = state.changed.wait_until(
        lock, until, [&] { return state.round != round || limits.cancel.is_cancelled(); });
    if (!is_over || state.round == round) return nullptr;
    if (state.failure && state.wants_another(refused, clock_->now())) throw ConfigError(*state.failure);
  }
  if (!state.wants_another(refused, clock_->now())) return state.key;

  state.asking = this_thread;
  lock.unlock();
  detail::FetchedKey fetched;
  std::optional<ConfigError> failure;
  std::exception_ptr other;
  Clock::time_point now;
  try {
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    fetched = provider_->fetch({limits.time_left - waited, limits.cancel});
    now = clock_->now();
  } catch (const ConfigError& error) {
    failure = error;
  } catch (...) {
    other = std::current_exception();
  }
  lock.lock();
  state.asking = {};
  ++state.round;
  state.failure = failure;
  if (fetched.key && !other) state.take(fetched, refused, now);
  state.changed.notify_all();
  if (failure) throw ConfigError(*failure);
  if (other) std::rethrow_exception(other);
  return fetched.key ? state.key : nullptr;
}

KeyCache::Key KeyCache::known() {
  if (kind_ == Kind::fixed) return first_.key;
  State& state = this->state();
  const std::lock_guard lock(state.mutex);
  return state.key;
}

std::string KeyCache::redact(std::string_view text) {
  const Key key = known();
  return key ? key->redact(text) : std::string(text);
}

}  // namespace operate::credentials
