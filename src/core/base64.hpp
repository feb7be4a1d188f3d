#pragma once

#include <string>
#include <string_view>

namespace operate::core {

/// The bytes in RFC 4648's base64, padded with `=`.
std::string base64(std::string_view bytes);

}  // namespace operate::core
