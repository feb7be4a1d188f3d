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

/// Where a client's API key comes from. Where none is named, a client reads the environment variable
/// `OPERATE_API_KEY`.
///
/// A key is visible ASCII without blanks; its prefix does not matter. It is checked when the Client is made,
/// which throws ConfigError for anything else.
///
/// Thread safety: immutable; copies share their state.
class OPERATE_EXPORT ApiKeySource {
 public:
  /// Not set: the client looks at the environment.
  ApiKeySource();

  // No move operations, so that one that was moved from does not turn to the environment.
  ApiKeySource(const ApiKeySource&) = default;
  ApiKeySource& operator=(const ApiKeySource&) = default;
  ~ApiKeySource() = default;

  /// The key itself. Throws ConfigError for a null pointer, which is what std::getenv returns for a variable
  /// that is not set. An empty string counts as set, and is refused by the client.
  ApiKeySource(const char* key);       // NOLINT(google-explicit-constructor): a string is meant to do.
  ApiKeySource(std::string key);       // NOLINT(google-explicit-constructor)
  ApiKeySource(std::string_view key);  // NOLINT(google-explicit-constructor)

  /// The key in an environment variable, which is read when the Client is made. There, a variable that is not
  /// set or empty is a ConfigError.
  static ApiKeySource environment(std::string variable = "OPERATE_API_KEY");

 private:
  friend class detail::KeyProvider;
  explicit ApiKeySource(std::shared_ptr<const detail::KeyProvider> provider);
  std::shared_ptr<const detail::KeyProvider> provider_;
};

}  // namespace v0
}  // namespace operate
