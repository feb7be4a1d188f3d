#pragma once

#include "core/api_key.hpp"
#include "core/base_url.hpp"
#include "credentials/file.hpp"
#include "http/transport_settings.hpp"

#include <operate/api_key_source.hpp>
#include <operate/cancellation.hpp>
#include <operate/error.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// The setting that ConfigErrors name where the program's own code has named the source.
inline constexpr const char* setting_of_code = "Config::api_key";

/// How a client reaches secrets managers: as it reaches Operate.
struct Reach {
  std::function<http::TransportSettings(const core::BaseUrl&)> settings_for;
  std::string user_agent;
  std::chrono::milliseconds timeout;  ///< Of one attempt.
};

/// On whose behalf a key is asked for, and how long that can wait.
struct FetchContext {
  const Reach& reach;
  std::chrono::steady_clock::time_point until;
  CancellationToken cancel = {};

  std::chrono::milliseconds time_left() const {
    return std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  }
};

/// What a source has given.
struct FetchedKey {
  /// Null where the limits ran out first.
  std::shared_ptr<const core::ApiKey> key = {};
  /// Of the file that the key stood in, for KeyProvider::version().
  credentials::FileVersion version = {};
  /// After which time it is to be asked for anew; none: not for that reason.
  std::optional<std::chrono::milliseconds> time_to_live = {};
};

/// One kind of source. Immutable, so that many threads may share one.
class KeyProvider {
 public:
  KeyProvider() = default;
  KeyProvider(const KeyProvider&) = delete;
  KeyProvider& operator=(const KeyProvider&) = delete;
  virtual ~KeyProvider() = default;

  /// What asking it costs, and is good for.
  enum class Kind {
    fixed,  ///< Always the same key.
    file,   ///< Quick to ask, and version() tells whether there is another key.
    slow,   ///< Waits for a program, a network or a user's code.
  };
  virtual Kind kind() const noexcept = 0;

  /// Asks for the key. Throws ConfigError where there is none, or none that can be sent.
  virtual FetchedKey fetch(const FetchContext& context) const = 0;

  /// In words for messages, where kind() is slow: `the program op`.
  virtual std::string name() const { return {}; }

  /// The error for a source that has not answered in this time.
  virtual ConfigError no_answer_within(std::chrono::milliseconds time) const;

  /// Where the key is a file's: which it is now.
  virtual credentials::FileVersion version() const noexcept { return {}; }

  /// Throws ConfigError where a setting, and not the program's own code, has a program run.
  virtual void forbid_programs_of_settings() const {}

  /// The provider of a source; one that was never set looks at the environment. Throws ConfigError where
  /// that names no key, or two, or a source that is none.
  static std::shared_ptr<const KeyProvider> of(const ApiKeySource& source);

  /// The source that the environment names, not set where it names none. Throws ConfigError where it names
  /// two, or one that is none.
  static ApiKeySource in_environment();

  /// A key that stands in a text of the user's; `origin` says where, in words for messages, and `setting` is
  /// what named the text.
  static ApiKeySource literal(std::string_view key, std::string origin, std::string setting);

  /// The key in a file that a setting names.
  static ApiKeySource file(std::string path, std::string setting);

  /// A source as settings name it: `file:///run/secrets/key`, `command:["op","read","op://..."]`,
  /// `doppler://crm/prd`. `place` begins the messages of all its ConfigErrors, of which that for what is no
  /// source never shows the text: it may be a key.
  static ApiKeySource named(std::string_view text, const std::string& place, const std::string& setting);

 private:
  static std::shared_ptr<const KeyProvider> read_name(std::string_view text, const std::string& setting);
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
