#pragma once

#include <string>
#include <string_view>

namespace operate::core {

/// The text with the key taken out, also where it is only a part of the key of 8 characters and more, so that
/// a server that quotes the key, whole or cut off, does not bring it into a log. A key of fewer characters is
/// taken out where it stands alone, not inside a word. Also as it is percent-encoded in a URL. The mask
/// stands in its place.
std::string redact(std::string_view text, std::string_view key, std::string_view mask = "[api key]");

}  // namespace operate::core
