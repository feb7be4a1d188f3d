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

// A source that fails when its key is to be refreshed is asked again after this time; until then the old one
// is used, as it is good until the server says otherwise.
constexpr std::chrono::seconds refresh_again_after{30};

detail::FetchedKey at_hand(const detail::KeyProvider& provider, const detail::Reach& reach) {
  if (provider.kind() == Kind::slow) return {};
  return provider.fetch({reach, std::chrono::milliseconds(0)});
}

bool is_same(const KeyCache::Key& one, const KeyCache::Key& other) {
  return one && other && (one == other || one->value() == other->value());
}

}  // namespace

KeyCache::KeyCache(std::shared_ptr<const detail::KeyProvider> provider, std::shared_ptr<Clock> clock,
                   detail::Reach reach)
    : provider_(std::move(provider)),
      clock_(std::move(clock)),
      reach_(std::move(reach)),
      kind_(provider_->kind()),
      first_(at_hand(*provider_, reach_)) {}

KeyCache::State& KeyCache::state() {
  return state_.get([this] { return std::make_unique<State>(first_); });
}

KeyCache::State::Need KeyCache::State::need(const Key& refused, Clock::time_point now) const {
  if (!key || now >= stale_from) return Need::key;
  if (is_same(key, refused)) return now >= ask_again_from ? Need::key : Need::none;
  return now >= refresh_from ? Need::refresh : Need::none;
}

// One caller refreshes a key, and no other waits for that.
bool KeyCache::State::is_to_wait(const Key& refused, Clock::time_point now) const {
  const Need need = this->need(refused, now);
  return need == Need::key || (need == Need::refresh && asking == std::thread::id());
}

void KeyCache::State::take(const detail::FetchedKey& fetched, const Key& refused, Clock::time_point now) {
  version = fetched.version;
  if (!is_same(key, fetched.key)) {
    key = fetched.key;
    ask_again_from = Clock::time_point::min();
  }
  if (is_same(key, refused)) ask_again_from = now + ask_again_after;
  refresh_from = stale_from = Clock::time_point::max();
  if (!fetched.time_to_live) return;
  refresh_from = now + *fetched.time_to_live * 4 / 5;
  stale_from = now + *fetched.time_to_live;
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
  if (kind_ == Kind::file) return of_file(state, refused, now);
  return state.is_to_wait(refused, now) ? nullptr : state.key;
}

// Read under the lock, which is as short as the file is.
KeyCache::Key KeyCache::of_file(State& state, const Key& refused, Clock::time_point now) {
  const bool is_due = state.need(refused, now) != State::Need::none;
  if (!is_due && state.version != FileVersion() && state.version == provider_->version()) return state.key;
  try {
    state.take(provider_->fetch({reach_, std::chrono::milliseconds(0)}), refused, now);
  } catch (const ConfigError&) {
    // While it is replaced, a file may be missing, empty or half there; the key that was in it is still good
    // until the server says otherwise.
    if (is_due) throw;
  }
  return state.key;
}

KeyCache::Key KeyCache::fetch(const Key& refused, std::chrono::milliseconds time_left,
                              const CancellationToken& cancel) {
  const auto begin = std::chrono::steady_clock::now();
  const auto until = begin + time_left;
  const auto this_thread = std::this_thread::get_id();
  State& state = this->state();
  const detail::CancellationCallback wake(cancel, &State::wake, &state);
  std::unique_lock lock(state.mutex);
  for (;;) {
    if (!state.is_to_wait(refused, clock_->now())) return state.key;
    if (state.asking == std::thread::id()) break;
    if (state.asking == this_thread)
      core::refuse_setting("Config::api_key",
                           "The callback that is to give the API key makes a call that needs it, by the same "
                           "client. Let it use another client, or none.");
    const auto round = state.round;
    const bool is_over =
        state.changed.wait_until(lock, until, [&] { return state.round != round || cancel.is_cancelled(); });
    if (!is_over || state.round == round) return nullptr;
    if (state.failure && state.is_to_wait(refused, clock_->now())) throw ConfigError(*state.failure);
  }

  state.asking = this_thread;
  lock.unlock();
  detail::FetchedKey fetched;
  std::optional<ConfigError> failure;
  std::exception_ptr other;
  Clock::time_point now;
  try {
    const auto waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    fetched = provider_->fetch({reach_, time_left - waited, cancel});
  } catch (const ConfigError& error) {
    failure = error;
  } catch (...) {
    other = std::current_exception();
  }
  try {
    now = clock_->now();
  } catch (...) {
    other = std::current_exception();
  }
  lock.lock();
  state.asking = {};
  ++state.round;
  state.failure = failure;
  state.changed.notify_all();
  if (other) std::rethrow_exception(other);
  if (fetched.key) {
    state.take(fetched, refused, now);
    return state.key;
  }
  if (state.key && !is_same(state.key, refused)) {
    state.refresh_from = state.stale_from = now + refresh_again_after;
    return state.key;
  }
  if (failure) throw ConfigError(*failure);
  return nullptr;
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
