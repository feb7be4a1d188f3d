#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

// Inline, as the test kit uses it beside a library that does not export it.
namespace operate::observe {

inline bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return false;
  }
  // Otherwise the new name could reach the disk before the text does.
  return ::fsync(descriptor) == 0;
}

/// Writes the text to a new file beside it, which only its owner may read, and renames that, so that under
/// this path there is always one whole file, the old or the new. Throws std::system_error with the path.
inline void replace_file(const std::string& path, std::string_view text) {
  std::string beside = path + ".XXXXXX";
  const int descriptor = ::mkostemp(beside.data(), O_CLOEXEC);
  int reason = descriptor < 0 ? errno : 0;
  if (descriptor >= 0) {
    if (!write_all(descriptor, text)) reason = errno;
    if (::close(descriptor) != 0 && reason == 0) reason = errno;
    if (reason == 0 && std::rename(beside.c_str(), path.c_str()) != 0) reason = errno;
    if (reason != 0) ::unlink(beside.c_str());
  }
  if (reason != 0) throw std::system_error(reason, std::generic_category(), "cannot write " + path);
}

}  // namespace operate::observe
