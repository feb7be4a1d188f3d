#include "credentials/file.hpp"

#include "core/refuse.hpp"
#include "core/secret.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <new>
#include <system_error>

namespace operate::credentials {

namespace {

constexpr std::size_t max_bytes = 64u << 10;

// Paths that were warned about. Only ever added to, so that threads can walk it without a lock, and never
// freed: it is as long as the program has such files.
struct Warned {
  std::string path;
  const Warned* next;
};
constinit std::atomic<const Warned*> warned{nullptr};

// Whether this call is the first with this path.
bool first_with(const std::string& path) {
  auto node = std::make_unique<Warned>(Warned{path, warned.load(std::memory_order_acquire)});
  do {
    for (const Warned* known = node->next; known; known = known->next)
      if (known->path == path) return false;
  } while (!warned.compare_exchange_weak(node->next, node.get(), std::memory_order_acq_rel));
  static_cast<void>(node.release());
  return true;
}

}  // namespace

std::string read_file(const std::string& path, const std::string& setting, const std::string& what) {
  const auto refuse = [&](const std::string& problem) {
    core::refuse_setting(setting, what + " " + path + " " + problem + ".");
  };
  if (path.empty() || path.find('\0') != std::string::npos)
    core::refuse_setting(setting, what + "'s path is empty or holds a NUL.");
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) refuse("does not exist");
  if (error) refuse("cannot be read: " + error.message());
  if (status.type() == std::filesystem::file_type::directory) refuse("is a folder, not a file");
  // A pipe could keep the program waiting, and a device has no end.
  if (status.type() != std::filesystem::file_type::regular) refuse("is a pipe or a device, not a file");

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) refuse("cannot be read: " + std::generic_category().message(errno));
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

void warn_if_others_can_read(const std::string& path) {
  using std::filesystem::perms;
  std::error_code error;
  const auto permissions = std::filesystem::status(path, error).permissions();
  if (error || permissions == perms::unknown || (permissions & perms::others_read) == perms::none) return;
  if (!first_with(path)) return;
  std::fprintf(
      stderr,
      "operate: every user of this machine can read %s, which holds an API key; chmod o-r mends it.\n",
      path.c_str());
}

}  // namespace operate::credentials
