#pragma once

#include <string>
#include <string_view>

namespace operate::observe {

/// Writes the text to a new file beside it, which only its owner may read, and renames that, so that under
/// this path there is always one whole file, the old or the new. Throws std::system_error with the path.
void replace_file(const std::string& path, std::string_view text);

}  // namespace operate::observe
