#pragma once

#include "core/api_key.hpp"

#include <operate/api_key_source.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace operate {
inline namespace v0 {
namespace detail {

/// One kind of source. Immutable, so that many threads may share one.
class KeyProvider {
 public:
  KeyProvider() = default;
  KeyProvider(const KeyProvider&) = delete;
  KeyProvider& operator=(const KeyProvider&) = delete;
  virtual ~KeyProvider() = default;

  /// Throws ConfigError where there is no key, or none that can be sent.
  virtual std::shared_ptr<const core::ApiKey> load() const = 0;

  /// Loads the key of a source; one that was never set looks at the environment.
  static std::shared_ptr<const core::ApiKey> load(const ApiKeySource& source);

  /// Whether the environment names a key. Throws ConfigError where it names two.
  static bool environment_has_key();

  /// A key that stands in a text of the user's; `origin` says where, in words for messages, and `setting` is
  /// what named the text.
  static ApiKeySource literal(std::string_view key, std::string origin, std::string setting);
};

}  // namespace detail
}  // namespace v0
}  // namespace operate
