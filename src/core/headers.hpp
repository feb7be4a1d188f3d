#pragma once

#include <operate/header.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace operate::core {

/// ASCII letters in lower case, whatever the host program's locale.
std::string lower_case(std::string_view text);

/// Whether two header names are the same.
bool same_name(std::string_view a, std::string_view b);

/// The first header of that name, compared without regard to case; null where there is none.
const std::string* find_header(const std::vector<Header>& headers, std::string_view name);

/// Whether the header's value may be shown to those who look for what went wrong: it says how a message is to
/// be read, cached, limited and traced, and neither names a person nor holds a secret.
bool is_shown_header(std::string_view name);

}  // namespace operate::core
