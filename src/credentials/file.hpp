#pragma once

#include <string>

namespace operate::credentials {

/// A file as it stands, at most 64 KiB of it. Throws ConfigError, with `setting` as its name and a message
/// that calls the file `what` ("The API key file"), for one that is missing, a folder, another thing than a
/// file, not to be read or larger. The text may hold a key: wipe it.
std::string read_file(const std::string& path, const std::string& setting, const std::string& what);

/// Says on standard error that every user of the machine can read this file with a key in it, where that is
/// so; once for each path in the life of the program.
void warn_if_others_can_read(const std::string& path);

}  // namespace operate::credentials
