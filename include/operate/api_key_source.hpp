#pragma once

#include <operate/export.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace operate {
inline namespace v0 {

namespace detail {
class KeyProvider;
}

/// Where a client's API key comes from. Where none is named, a client reads the environment:
/// `OPERATE_API_KEY` is the key, `OPERATE_API_KEY_FILE` a file with it; both at once are a ConfigError.
///
/// A key is visible ASCII without blanks, at most 4096 characters; its prefix does not matter. It is read and
/// checked when the Client is made, which throws ConfigError for anything else.
///
/// The library wipes every copy of the key that it makes before it frees the memory. It cannot wipe what is
/// not its own: the environment, your own strings, the copies that libcurl and the TLS library make while
/// they send, what the JSON parser keeps of a settings file, and what the kernel writes to swap or a core
/// dump.
///
/// Thread safety: immutable; copies share their state.
class OPERATE_EXPORT ApiKeySource {
 public:
  /// Not set: the client looks at the environment.
  ApiKeySource();

  // No move operations, so that one that was moved from does not turn to the environment.
  /// Copies share their state.
  ApiKeySource(const ApiKeySource&) = default;
  /// Copies share their state.
  ApiKeySource& operator=(const ApiKeySource&) = default;
  ~ApiKeySource() = default;

  /// The key itself. Throws ConfigError for a null pointer, which is what std::getenv returns for a variable
  /// that is not set. An empty string counts as set, and is refused by the client.
  ApiKeySource(const char* key);  // NOLINT(google-explicit-constructor): a string is meant to do.
  /// The key itself; this copy of it is wiped.
  ApiKeySource(std::string key);  // NOLINT(google-explicit-constructor): the same.
  /// The key itself.
  ApiKeySource(std::string_view key);  // NOLINT(google-explicit-constructor): the same.

  /// The key in an environment variable, which is read when the Client is made. There, a variable that is not
  /// set or empty is a ConfigError.
  static ApiKeySource environment(std::string variable = "OPERATE_API_KEY");

  /// The key in a file, as Docker, Kubernetes and systemd hand over secrets, which is read when the Client is
  /// made. One newline at its end (also `\r\n`) is not part of the key. There, a file that is missing,
  /// unreadable, a folder, a pipe, or holds anything else than a key is a ConfigError. A file that every user
  /// of the machine may read works, but is reported on standard error, once for each path.
  static ApiKeySource file(std::string path);

  /// Whether a source was named.
  bool is_set() const noexcept { return provider_ != nullptr; }

 private:
  friend class detail::KeyProvider;
  explicit ApiKeySource(std::shared_ptr<const detail::KeyProvider> provider);
  std::shared_ptr<const detail::KeyProvider> provider_;
};

}  // namespace v0
}  // namespace operate
