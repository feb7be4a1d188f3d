#include "credentials/child_process.hpp"

#include "core/secret.hpp"
#include "sync/cancellation.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __APPLE__
extern char** environ;  // Which <unistd.h> declares elsewhere.
#endif

namespace operate::credentials {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using End = ChildOutcome::End;

constexpr std::size_t most_errors = 4096;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }

  int get() const noexcept { return number_; }
  void close() noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct Pipe {
  Descriptor read, write;
};

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category()); }

// Neither end is one of the three standard ones, which this process may have closed, and neither is
// inherited.
Pipe make_pipe() {
  const auto moved_up = [](const Descriptor& low) {
    const int high = ::fcntl(low.get(), F_DUPFD_CLOEXEC, 3);
    if (high < 0) fail();
    return Descriptor(high);
  };
  std::array<int, 2> ends{};
#ifdef __linux__
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail();
#else
  if (::pipe(ends.data()) != 0) fail();
#endif
  const Descriptor read(ends[0]), write(ends[1]);
  return {moved_up(read), moved_up(write)};
}

void set_nonblocking(const Descriptor& descriptor) {
  ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

// Everything but what could be a key of ours, and what tells a program that is built on this library not to
// run itself.
std::vector<char*> environment_of_program() {
  // Never freed: a client may ask at exit.
  static auto& marker = *new std::string(std::string(runs_variable) + "=1");
  std::vector<char*> result = {marker.data()};
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (name != runs_variable && name != "OPERATE_API_KEY" && name != "OPERATE_API_KEY_FILE" &&
        name != "OPERATE_API_KEY_SOURCE")
      result.push_back(*entry);
  }
  result.push_back(nullptr);
  return result;
}

class SpawnSettings {
 public:
  SpawnSettings(const Descriptor& output, const Descriptor& errors) {
    check(posix_spawn_file_actions_init(&actions_));
    check(posix_spawnattr_init(&attributes_));
    check(posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    check(posix_spawn_file_actions_adddup2(&actions_, output.get(), STDOUT_FILENO));
    check(posix_spawn_file_actions_adddup2(&actions_, errors.get(), STDERR_FILENO));
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    // What others in this process have opened without O_CLOEXEC is not for the program either.
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
    check(posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1));
#endif
#elif defined(__APPLE__)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    check(posix_spawnattr_setflags(&attributes_, flags));
    sigset_t signals;
    sigemptyset(&signals);
    check(posix_spawnattr_setsigmask(&attributes_, &signals));
    sigfillset(&signals);
    check(posix_spawnattr_setsigdefault(&attributes_, &signals));
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
  const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
  static void check(int reason) {
    if (reason == 0) return;
    errno = reason;
    fail();
  }

  posix_spawn_file_actions_t actions_ = {};
  posix_spawnattr_t attributes_ = {};
};

// A program that runs; gone at the latest with this.
class Child {
 public:
  explicit Child(pid_t process) : process_(process) {}
  ~Child() { kill(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Whether it has ended, and then how.
  bool has_ended(ChildOutcome& outcome) {
    int status = 0;
    const pid_t result = ::waitpid(process_, &status, WNOHANG);
    if (result == 0 || (result < 0 && errno == EINTR)) return false;
    process_ = -1;
    if (result < 0) {
      outcome.end = End::lost;
    } else if (WIFSIGNALED(status)) {
      outcome.end = End::killed;
      outcome.code = WTERMSIG(status);
    } else {
      outcome.end = End::exited;
      outcome.code = WEXITSTATUS(status);
    }
    return true;
  }

  // Ends it, and all that it has started.
  void kill() noexcept {
    if (process_ < 0) return;
    ::kill(-process_, SIGKILL);
    ::kill(process_, SIGKILL);  // Where it has left its group.
    // One that runs as another user cannot be ended, and must not hold up the caller.
    const auto until = steady_clock::now() + std::chrono::seconds(1);
    while (::waitpid(process_, nullptr, WNOHANG) == 0 && steady_clock::now() < until) ::poll(nullptr, 0, 1);
    process_ = -1;
  }

 private:
  pid_t process_;
};

// One of a program's two outputs, as far as it is kept.
struct Stream {
  Descriptor descriptor;
  std::string& text;
  std::size_t most;
  bool is_over_full = false;

  // Whether it may still bring something.
  bool is_open() const noexcept { return descriptor.get() >= 0; }

  // Takes what is there.
  void read() {
    std::string buffer(4096, '\0');
    const core::WipeAtEnd wipe(buffer);  // It may hold a key.
    for (;;) {
      const ssize_t size = ::read(descriptor.get(), buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
      if (size <= 0) {
        descriptor.close();
        break;
      }
      const std::size_t kept = std::min(static_cast<std::size_t>(size), most - text.size());
      text.append(buffer.data(), kept);
      if (kept < static_cast<std::size_t>(size)) is_over_full = true;
    }
  }
};

void wake_by_pipe(void* end) noexcept {
  const char byte = 0;
  [[maybe_unused]] const auto written = ::write(static_cast<Descriptor*>(end)->get(), &byte, 1);
}

}  // namespace

ChildOutcome run_program(const std::vector<std::string>& command, std::size_t most_output, milliseconds time,
                         const CancellationToken& cancel) {
  ChildOutcome outcome;
  // In one piece of memory, so that no copy of what may be a key is left behind as it grows.
  outcome.output.reserve(most_output);
  outcome.errors.reserve(most_errors);
  const auto until = steady_clock::now() + time;
  try {
    Pipe output = make_pipe(), errors = make_pipe(), wake = make_pipe();
    set_nonblocking(output.read);
    set_nonblocking(errors.read);
    set_nonblocking(wake.write);
    const SpawnSettings settings(output.write, errors.write);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t process = -1;
    outcome.code = ::posix_spawnp(&process, arguments.front(), settings.actions(), settings.attributes(),
                                  arguments.data(), environment_of_program().data());
    if (outcome.code != 0) return outcome;
    Child child(process);
    output.write.close();
    errors.write.close();
    const detail::CancellationCallback on_cancel(cancel, &wake_by_pipe, &wake.write);

    Stream streams[] = {{std::move(output.read), outcome.output, most_output},
                        {std::move(errors.read), outcome.errors, most_errors}};
    for (milliseconds pause(1);; pause = std::min(2 * pause, milliseconds(20))) {
      const bool had_both = streams[0].is_open() && streams[1].is_open();
      // Before it is read: what the program wrote before it ended is there by then.
      const bool has_ended = child.has_ended(outcome);
      for (Stream& stream : streams)
        if (stream.is_open()) stream.read();
      if (streams[0].is_over_full) {
        outcome.end = End::too_much;
        return outcome;
      }
      if (has_ended) return outcome;
      // Most programs end right after they have closed their output.
      if (had_both && !(streams[0].is_open() && streams[1].is_open())) pause = milliseconds(1);
      const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
      if (cancel.is_cancelled() || left.count() <= 0) {
        outcome.end = cancel.is_cancelled() ? End::cancelled : End::out_of_time;
        return outcome;
      }
      // The end of a program whose output goes on in another's hands is only seen by looking.
      pollfd waits[] = {{streams[0].descriptor.get(), POLLIN, 0},
                        {streams[1].descriptor.get(), POLLIN, 0},
                        {wake.read.get(), POLLIN, 0}};
      ::poll(waits, 3, static_cast<int>(std::min(left, pause).count()));
    }
  } catch (const std::system_error& error) {
    outcome.end = End::not_started;
    outcome.code = error.code().value();
    return outcome;
  }
}

}  // namespace operate::credentials
