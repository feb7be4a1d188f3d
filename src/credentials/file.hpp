#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace operate::credentials {

/// Tells what stands in a file from what stood there before, without reading it.
struct FileVersion {
  std::uint64_t device = 0, file = 0, size = 0;
  std::int64_t written = 0, changed = 0;  ///< In nanoseconds.

  bool operator==(const FileVersion&) const = default;
};

/// The version of the file as it is now; empty where there is none.
FileVersion version_of(const std::string& path) noexcept;

/// A file as it stands, at most 64 KiB of it. Throws ConfigError, with `setting` as its name and a message
/// that calls the file `what` ("The API key file"), for one that is missing, a folder, another thing than a
/// file, not to be read or larger. The text may hold a key: wipe it.
///
/// `version`, where it is wanted, is what version_of() tells from every later text, and empty where the file
/// was written so lately that another text could have the same.
std::string read_file(const std::string& path, const std::string& setting, const std::string& what,
                      FileVersion* version = nullptr);

/// The text without the one newline at its end, also `\r\n`, that people and programs put behind a key.
std::string_view without_newline(std::string_view text) noexcept;

/// Says on standard error that every user of the machine can read this file with a key in it, where that is
/// so; once for each path in the life of the program.
void warn_if_others_can_read(const std::string& path);

}  // namespace operate::credentials
