#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace operate::core {

/// Why a path cannot be put behind a base URL without leading elsewhere, in words that go on behind "the
/// path"; empty where it can.
std::optional<std::string> problem_of_path(std::string_view path);

/// Appends `a b` as `a%20b`: everything but RFC 3986's unreserved characters is encoded.
void append_encoded(std::string& to, std::string_view text);

/// What stands for `text` percent-encoded; empty where it is badly encoded or stands for a control character.
std::optional<std::string> decoded(std::string_view text);

}  // namespace operate::core
