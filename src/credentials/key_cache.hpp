#pragma once

#include "core/api_key.hpp"
#include "credentials/key_provider.hpp"
#include "sync/per_process.hpp"

#include <operate/api_key_source.hpp>
#include <operate/cancellation.hpp>
#include <operate/clock.hpp>
#include <operate/error.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace operate::credentials {

/// The key that a client's calls are sent with: asked for once, kept, and asked for again where the server
/// has refused it. One caller asks, and all others wait for what it is told. Any number of threads.
class KeyCache {
 public:
  using Key = std::shared_ptr<const core::ApiKey>;

  /// Reads a key that is at hand; one that has to be waited for, fetch() asks for. Throws ConfigError.
  KeyCache(std::shared_ptr<const detail::KeyProvider> provider, std::shared_ptr<Clock> clock,
           detail::Reach reach);

  /// Whether the key is to be asked for anew, ahead of the end of its time, and nobody does so yet.
  bool wants_refresh();
  /// Asks for it anew, for a part of this time and a few seconds at most; where that fails, the key that
  /// there is stays.
  void refresh(std::chrono::milliseconds time_left, const CancellationToken& cancel);

  struct Ready {
    Key key = {};  ///< Null where fetch() is due.
    /// Why the source gave none when it was last asked, which no call was told yet, where there is one all
    /// the same.
    std::shared_ptr<const ConfigError> trouble = {};
  };
  /// The key to send with, where nobody has to be waited for. `refused` is the one that the server has
  /// refused, where it has; one that is the same comes back where the source was asked about it and has no
  /// other. Throws ConfigError where the source failed when it was asked about it.
  Ready ready(const Key& refused);

  /// Asks the source, or waits for whoever is asking, as far as the limits go; then ready() again. Throws
  /// ConfigError where there is no key, or none instead of the one refused, because the source failed.
  void fetch(const Key& refused, std::chrono::milliseconds time_left, const CancellationToken& cancel);

  /// The source, in words for messages, where it has to be waited for.
  std::string source() const { return provider_->name(); }

  /// Whether the source can have another key than it had before.
  bool can_change() const noexcept { return kind_ != detail::KeyProvider::Kind::fixed; }

  /// The key as far as it is known without asking; else null.
  Key known();
  /// The text without it.
  std::string redact(std::string_view text);

 private:
  struct State {
    explicit State(const detail::FetchedKey& first);

    /// Whether the source is to be asked: there is no key, or it was refused and it is time to ask about it.
    bool must_ask(const Key& refused, Clock::time_point now) const;
    void take(const detail::FetchedKey& fetched, const Key& refused, Clock::time_point now);
    static void wake(void* state) noexcept;

    std::mutex mutex;
    std::condition_variable changed;
    Key key;
    FileVersion version;
    Clock::time_point ask_again_from = Clock::time_point::min();  // About a key that was refused.
    Clock::time_point::duration ask_again_after = {};             // And how much later than the last time.
    Clock::time_point refresh_from = Clock::time_point::max();
    std::thread::id asking;                      // The thread that asks, if one does.
    std::uint64_t round = 0;                     // How often one has asked.
    std::shared_ptr<const ConfigError> failure;  // What came of it the last time.
    std::shared_ptr<const ConfigError> trouble;  // For the next call to tell of.
    Clock::time_point tell_of_file_from = Clock::time_point::min();
  };
  State& state();
  void ask(State& state, std::unique_lock<std::mutex>& lock, const Key& refused,
           std::chrono::milliseconds time_left, const CancellationToken& cancel);
  Key of_file(State& state, const Key& refused, Clock::time_point now);

  const std::shared_ptr<const detail::KeyProvider> provider_;
  const std::shared_ptr<Clock> clock_;
  const detail::Reach reach_;
  const detail::KeyProvider::Kind kind_;
  const detail::FetchedKey first_;
  sync::PerProcess<State> state_;
};

}  // namespace operate::credentials
