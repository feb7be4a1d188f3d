#include "credentials/key_cache.hpp"

#include "core/refuse.hpp"
#include "sync/cancellation.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace operate::credentials {

namespace {

using Kind = detail::KeyProvider::Kind;

// A source that knew no other key than the refused one is asked again, as the new key may be put there later
// than the old one is taken away: soon at first, and then ever more rarely.
constexpr std::chrono::seconds first_ask_again{1};
constexpr std::chrono::seconds last_ask_again{30};

// A source that fails when its key is to be refreshed is asked again after this time; until then the old one
// is used, as it is good until the server says otherwise.
constexpr std::chrono::seconds refresh_again_after{30};
constexpr std::chrono::seconds longest_refresh{5};

detail::FetchedKey at_hand(const detail::KeyProvider& provider, const detail::Reach& reach) {
  if (provider.kind() == Kind::slow) return {};
  return provider.fetch({reach, {}});
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

KeyCache::State::State(const detail::FetchedKey& first)
    : key(first.key), version(first.version), ask_again_after(first_ask_again) {}

bool KeyCache::State::must_ask(const Key& refused, Clock::time_point now) const {
  return !key || (key == refused && now >= ask_again_from);
}

void KeyCache::State::take(const detail::FetchedKey& fetched, const Key& refused, Clock::time_point now) {
  version = fetched.version;
  // A key that comes back after another is a new one: what was refused before says nothing of it.
  if (!key || key->value() != fetched.key->value()) {
    key = fetched.key;
    ask_again_from = Clock::time_point::min();
    ask_again_after = first_ask_again;
  }
  // After a time without any, it begins anew.
  if (now > ask_again_from + last_ask_again) ask_again_after = first_ask_again;
  if (key == refused) {
    ask_again_from = now + ask_again_after;
    ask_again_after = std::min<Clock::time_point::duration>(2 * ask_again_after, last_ask_again);
  }
  refresh_from = fetched.time_to_live ? now + *fetched.time_to_live * 4 / 5 : Clock::time_point::max();
}

void KeyCache::State::wake(void* state) noexcept {
  auto* self = static_cast<State*>(state);
  { const std::lock_guard lock(self->mutex); }
  self->changed.notify_all();
}

KeyCache::Ready KeyCache::ready(const Key& refused) {
  if (kind_ == Kind::fixed) return {first_.key};
  State& state = this->state();
  const auto now = clock_->now();
  const std::lock_guard lock(state.mutex);
  Ready ready;
  if (kind_ == Kind::file)
    ready.key = of_file(state, refused, now);
  else if (!state.must_ask(refused, now))
    ready.key = state.key;
  if (ready.key && ready.key != refused) ready.trouble.swap(state.trouble);
  return ready;
}

// Read under the lock, which is as short as the file is.
KeyCache::Key KeyCache::of_file(State& state, const Key& refused, Clock::time_point now) {
  const bool is_due = state.must_ask(refused, now);
  if (!is_due && state.version != FileVersion() && state.version == provider_->version()) {
    state.tell_of_file_from = Clock::time_point::min();
    return state.key;
  }
  try {
    state.take(provider_->fetch({reach_, {}}), refused, now);
    state.tell_of_file_from = Clock::time_point::min();
  } catch (const ConfigError& error) {
    // While it is replaced, a file may be missing, empty or half there; the key that was in it is still good
    // until the server says otherwise.
    if (is_due) throw;
    // While it lasts, it is told as often as for a source that is asked again then.
    if (now >= state.tell_of_file_from) {
      state.tell_of_file_from = now + refresh_again_after;
      state.trouble = std::make_shared<const ConfigError>(error);
    }
  }
  return state.key;
}

bool KeyCache::wants_refresh() {
  if (kind_ != Kind::slow) return false;
  State& state = this->state();
  const auto now = clock_->now();
  const std::lock_guard lock(state.mutex);
  return state.key && now >= state.refresh_from && state.asking == std::thread::id();
}

void KeyCache::refresh(std::chrono::milliseconds time_left, const CancellationToken& cancel) {
  State& state = this->state();
  const auto now = clock_->now();
  std::unique_lock lock(state.mutex);
  if (!state.key || now < state.refresh_from || state.asking != std::thread::id()) return;
  ask(state, lock, nullptr, time_left, cancel);
}

void KeyCache::fetch(const Key& refused, std::chrono::milliseconds time_left,
                     const CancellationToken& cancel) {
  const auto until = std::chrono::steady_clock::now() + time_left;
  State& state = this->state();
  const detail::CancellationCallback wake(cancel, &State::wake, &state);
  std::unique_lock lock(state.mutex);
  for (;;) {
    if (!state.must_ask(refused, clock_->now())) return;
    if (state.asking == std::thread::id()) break;
    if (state.asking == std::this_thread::get_id())
      core::refuse_setting(detail::setting_of_code,
                           "The callback that is to give the API key makes a call that needs it, by the same "
                           "client. Let it use another client, or none.");
    const auto round = state.round;
    const bool is_over =
        state.changed.wait_until(lock, until, [&] { return state.round != round || cancel.is_cancelled(); });
    if (!is_over || state.round == round) return;
    if (state.failure && state.must_ask(refused, clock_->now())) throw ConfigError(*state.failure);
  }
  const auto left = until - std::chrono::steady_clock::now();
  ask(state, lock, refused, std::chrono::ceil<std::chrono::milliseconds>(left), cancel);
}

// Gives up the lock meanwhile.
void KeyCache::ask(State& state, std::unique_lock<std::mutex>& lock, const Key& refused,
                   std::chrono::milliseconds time_left, const CancellationToken& cancel) {
  // Where there is a key to go on with, a source that does not answer must not cost the call its deadline.
  const bool has_key = state.key && state.key != refused;
  if (has_key) time_left = std::min<std::chrono::milliseconds>(time_left / 2, longest_refresh);
  state.asking = std::this_thread::get_id();
  lock.unlock();
  detail::FetchedKey fetched;
  std::shared_ptr<const ConfigError> failure;
  std::shared_ptr<const ConfigError> silence;  // No word for those who wait: they may have more time.
  std::exception_ptr other;
  Clock::time_point now;
  try {
    fetched = provider_->fetch({reach_, std::chrono::steady_clock::now() + time_left, cancel});
  } catch (const ConfigError& error) {
    failure = std::make_shared<const ConfigError>(error);
  } catch (...) {
    other = std::current_exception();
  }
  try {
    now = clock_->now();
    if (has_key && !fetched.key && !failure && !other && !cancel.is_cancelled())
      silence = std::make_shared<const ConfigError>(provider_->no_answer_within(time_left));
  } catch (...) {
    other = std::current_exception();
  }
  lock.lock();
  state.asking = {};
  ++state.round;
  state.failure = failure;
  state.changed.notify_all();
  if (other && !has_key) std::rethrow_exception(other);
  if (has_key || fetched.key) state.trouble = failure ? failure : silence;
  if (fetched.key)
    state.take(fetched, refused, now);
  else if (has_key && !cancel.is_cancelled())
    state.refresh_from = now + refresh_again_after;
  else if (!has_key && failure)
    throw ConfigError(*failure);
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
