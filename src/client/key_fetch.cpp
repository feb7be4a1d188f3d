#include "client/key_fetch.hpp"

#include "client/config.hpp"

#include <utility>

namespace operate::client {

KeyFetch::KeyFetch(std::shared_ptr<credentials::KeyCache> keys, std::function<void()> done)
    : keys_(std::move(keys)), done_(std::move(done)) {}

KeyFetch::~KeyFetch() {
  stop_.cancel();
  if (thread_.joinable()) thread_.join();
}

// Each call that waits has a deadline of its own.
void KeyFetch::start(const credentials::KeyCache::Key& refused) {
  if (thread_.joinable()) return;
  is_refresh_ = false;
  run([refused](credentials::KeyCache& keys, const CancellationToken& cancel) {
    keys.fetch(refused, longest_limit, cancel);
  });
}

void KeyFetch::start_refresh() {
  if (thread_.joinable()) return;
  is_refresh_ = true;
  run([](credentials::KeyCache& keys, const CancellationToken& cancel) {
    keys.refresh(longest_limit, cancel);
  });
}

void KeyFetch::run(std::function<void(credentials::KeyCache&, const CancellationToken&)> ask) {
  stop_ = CancellationSource();
  thread_ = std::thread([this, ask = std::move(ask), cancel = stop_.token()] {
    Ended ended;
    try {
      ask(*keys_, cancel);
    } catch (const ConfigError& error) {
      ended.error = error;
    } catch (...) {
      ended.other = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      ended_ = std::move(ended);
    }
    done_();
  });
}

bool KeyFetch::has_ended() const {
  const std::lock_guard lock(mutex_);
  return ended_.has_value();
}

std::optional<KeyFetch::Ended> KeyFetch::take() {
  std::optional<Ended> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::exchange(ended_, std::nullopt);
  }
  if (ended) thread_.join();
  return ended;
}

}  // namespace operate::client
