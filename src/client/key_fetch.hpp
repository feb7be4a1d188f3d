#pragma once

#include "credentials/key_cache.hpp"

#include <operate/cancellation.hpp>
#include <operate/error.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace operate::client {

/// Asks for a key where the thread that needs it must not wait: a thread of its own does, for as long as it
/// takes. One thread uses it.
class KeyFetch {
 public:
  /// `done` is called on the other thread once there is news.
  KeyFetch(std::shared_ptr<credentials::KeyCache> keys, std::function<void()> done);
  /// Waits for the source, which is told to stop.
  ~KeyFetch();
  KeyFetch(const KeyFetch&) = delete;
  KeyFetch& operator=(const KeyFetch&) = delete;

  /// How it ended: both empty where there is a key, or it was stopped.
  struct Ended {
    std::optional<ConfigError> error = {};
    std::exception_ptr other = {};
  };
  /// The news, once.
  std::optional<Ended> take();
  /// Whether there is news that nobody has taken: it is none for a call that comes now.
  bool has_ended() const;

  /// Unless one is under way.
  void start(const credentials::KeyCache::Key& refused);
  /// The same ahead of the end of a key's time, for which nobody waits.
  void start_refresh();
  /// Nobody waits for it any more; a refresh goes on.
  void cancel_fetch() const noexcept {
    if (!is_refresh_) stop_.cancel();
  }

 private:
  void run(std::function<void(credentials::KeyCache&, const CancellationToken&)> ask);

  const std::shared_ptr<credentials::KeyCache> keys_;
  const std::function<void()> done_;
  CancellationSource stop_;
  bool is_refresh_ = false;
  mutable std::mutex mutex_;
  std::optional<Ended> ended_;
  std::thread thread_;
};

}  // namespace operate::client
