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

  /// The key to send with, where nobody has to be waited for; null where fetch() is due. `refused` is the
  /// one that the server has refused, where it has; one that is the same comes back where the source was
  /// asked about it and has no other. Throws ConfigError where the source failed when it was asked about it.
  Key ready(const Key& refused);

  /// Asks the source, or waits for whoever is asking. Null where the limits ran out; then ready() again.
  /// Throws ConfigError where there is no key, or none instead of the one refused, because the source failed.
  Key fetch(const Key& refused, std::chrono::milliseconds time_left, const CancellationToken& cancel);

  /// Whether the source can have another key than it had before.
  bool can_change() const noexcept { return kind_ != detail::KeyProvider::Kind::fixed; }

  /// The key as far as it is known without asking; else null.
  Key known();
  /// The text without it.
  std::string redact(std::string_view text);

 private:
  struct State {
    explicit State(const detail::FetchedKey& first) : key(first.key), version(first.version) {}

    /// Why the source is to be asked, if it is.
    enum class Need {
      none,
      refresh,  ///< The key is good for a while yet.
      key,      ///< There is none, or it was refused, or has outlived its time.
    };
    Need need(const Key& refused, Clock::time_point now) const;
    bool is_to_wait(const Key& refused, Clock::time_point now) const;
    void take(const detail::FetchedKey& fetched, const Key& refused, Clock::time_point now);
    static void wake(void* state) noexcept;

    std::mutex mutex;
    std::condition_variable changed;
    Key key;
    FileVersion version;
    Clock::time_point ask_again_from = Clock::time_point::min();  // About a key that was refused.
    Clock::time_point refresh_from = Clock::time_point::max();
    Clock::time_point stale_from = Clock::time_point::max();
    std::thread::id asking;              // The thread that asks, if one does.
    std::uint64_t round = 0;             // How often one has asked.
    std::optional<ConfigError> failure;  // What came of it the last time.
  };
  State& state();
  Key of_file(State& state, const Key& refused, Clock::time_point now);

  const std::shared_ptr<const detail::KeyProvider> provider_;
  const std::shared_ptr<Clock> clock_;
  const detail::Reach reach_;
  const detail::KeyProvider::Kind kind_;
  const detail::FetchedKey first_;
  sync::PerProcess<State> state_;
};

}  // namespace operate::credentials
