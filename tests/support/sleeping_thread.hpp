#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

namespace operate::test {

/// A thread of this program, to see when it waits.
class SleepingThread {
 public:
  /// The calling thread.
  SleepingThread() : id_(::syscall(SYS_gettid)) {}

  /// Returns when the kernel says that the thread sleeps.
  void wait_until_asleep() const {
    for (;; std::this_thread::yield()) {
      std::ifstream file("/proc/self/task/" + std::to_string(id_) + "/stat");
      std::string text;
      std::getline(file, text);
      const std::size_t name_end = text.rfind(')');  // `12 (name) S ...`
      if (name_end != std::string::npos && text.compare(name_end, 4, ") S ") == 0) return;
    }
  }

 private:
  long id_;
};

}  // namespace operate::test
