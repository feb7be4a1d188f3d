#include "client/key_fetch.hpp"

#include "client/config.hpp"

#include <utility>

namespace operate::client {

KeyFetch::KeyFetch(std::shared_ptr<credentials::KeyCache> keys, std::function<void()> done)
    : keys_(std::move(keys)), done_(std::move(done)) {}

KeyFetch::~KeyFetch() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void KeyFetch::start(const credentials::KeyCache::Key& refused) {
  if (is_under_way()) return;
  stop_ = CancellationSource();
  thread_ = std::thread([this, refused] { run(refused); });
}

void KeyFetch::run(const credentials::KeyCache::Key& refused) {
  Ended ended;
  try {
    // Each call that waits has a deadline of its own.
    keys_->fetch(refused, longest_limit, stop_.token());
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
