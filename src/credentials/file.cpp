#include "credentials/file.hpp"

#include "core/refuse.hpp"
#include "core/secret.hpp"
#include "sync/per_process.hpp"

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace operate::credentials {

namespace {

constexpr std::size_t max_bytes = 64u << 10;

// Whether this call is the first with this path in this process. The set is never freed, so that a client can
// be made at any time.
bool first_with(const std::string& path) {
  struct Seen {
    std::mutex mutex;
    std::set<std::string> paths;
  };
  static auto* const of_process = new sync::PerProcess<Seen>;
  Seen& seen = of_process->get([] { return std::make_unique<Seen>(); });
  const std::lock_guard lock(seen.mutex);
  return seen.paths.insert(path).second;
}

using std::chrono::nanoseconds;

FileVersion version_of(const struct stat& status) noexcept {
  const auto time = [](const timespec& at) {
    return static_cast<std::int64_t>(at.tv_sec) * std::nano::den + at.tv_nsec;
  };
#ifdef __APPLE__
  const timespec &written = status.st_mtimespec, &changed = status.st_ctimespec;
#else
  const timespec &written = status.st_mtim, &changed = status.st_ctim;
#endif
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), time(written), time(changed)};
}

// Whether the file's clock, which moves in steps of some milliseconds, may not have moved since it was
// written: whoever writes it again then leaves the same time.
bool is_fresh(const FileVersion& version) noexcept {
  const nanoseconds now = std::chrono::system_clock::now().time_since_epoch();
  return std::abs(now.count() - version.changed) < nanoseconds(std::chrono::milliseconds(100)).count();
}

}  // namespace

FileVersion version_of(const std::string& path) noexcept {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? version_of(status) : FileVersion();
}

std::string read_file(const std::string& path, const std::string& setting, const std::string& what,
                      FileVersion* version) {
  const auto refuse = [&](const std::string& problem) {
    core::refuse_setting(setting, what + " " + path + " " + problem + ".");
  };
  if (path.empty() || path.find('\0') != std::string::npos)
    core::refuse_setting(setting, what + "'s path is empty or holds a NUL.");
  // Not to be inherited by another program, and not to wait for a pipe's other end.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const int reason = errno;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      descriptor < 0 ? nullptr : ::fdopen(descriptor, "rb"), &std::fclose);
  struct stat status {};
  if (descriptor < 0 && path.rfind("file:", 0) == 0)
    core::refuse_setting(
        setting,
        what + " is named by its path, not by a URL; only in OPERATE_API_KEY_SOURCE is it file:///...");
  const bool is_no_file = reason == ENOENT || reason == ENOTDIR || reason == ENAMETOOLONG;
  if (descriptor < 0 && is_no_file &&
      (path.size() > 255 || std::string_view("/.~").find(path[0]) == std::string_view::npos))
    core::refuse_setting(
        setting, what +
                     " does not exist. Its name is not shown: as it begins in no folder, it may be a key "
                     "in the wrong place.");
  if (descriptor < 0)
    refuse(reason == ENOENT && path[0] == '~' ? "does not exist; only a shell puts a folder in the place of ~"
           : reason == ENOENT                 ? "does not exist"
                                              : "cannot be read: " + std::generic_category().message(reason));
  if (!file || ::fstat(descriptor, &status) != 0) refuse("cannot be read");
  if (S_ISDIR(status.st_mode)) refuse("is a folder, not a file");
  if (!S_ISREG(status.st_mode)) refuse("is a pipe or a device, not a file");
  // Before it is read, so that what is written meanwhile has another.
  if (version) *version = is_fresh(version_of(status)) ? FileVersion() : version_of(status);

  // No buffer of the C library's, which nobody would wipe.
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  std::string text(max_bytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) || text.size() > max_bytes) {
    core::wipe(text);
    refuse(std::ferror(file.get()) ? "cannot be read" : "has more than 64 KiB");
  }
  return text;
}

std::string_view without_newline(std::string_view text) noexcept {
  if (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  }
  return text;
}

void warn_if_others_can_read(const std::string& path) {
  using std::filesystem::perms;
  std::error_code error;
  const auto permissions = std::filesystem::status(path, error).permissions();
  if (error || permissions == perms::unknown || (permissions & perms::others_read) == perms::none) return;
  if (!first_with(path)) return;
  std::fprintf(stderr,
               "operate: every user of this machine can read %s, which holds an API key; chmod o-r "
               "mends it; a mounted secret has a mode to set.\n",
               path.c_str());
}

}  // namespace operate::credentials
