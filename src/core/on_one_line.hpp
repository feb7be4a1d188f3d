#pragma once

#include <string>

namespace operate::core {

/// The text with a blank for every character that would begin a line, act on a terminal or turn the direction
/// of writing, so that nothing that is quoted in a log can pass for a line of its own. The size stays.
std::string on_one_line(std::string text);

}  // namespace operate::core
