#pragma once

#include <string>
#include <string_view>

namespace operate::core {

/// The text with a blank for every character that would begin a line, act on a terminal or turn the direction
/// of writing, so that nothing that is quoted in a log can pass for a line of its own. The size stays.
std::string on_one_line(std::string text);

/// ` It says: ...`, to go behind a sentence: the beginning of another program's words, on one line, as a
/// sentence of their own. Empty where there are none.
std::string it_says(std::string_view words);

}  // namespace operate::core
