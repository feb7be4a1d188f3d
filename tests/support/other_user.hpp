#pragma once

#include <unistd.h>

#include <stdexcept>

namespace operate::test {

/// Root can read every file. Where a test runs as root, it does so as nobody for as long as this lives.
class OtherUser {
 public:
  OtherUser() : root_(geteuid() == 0) {
    if (root_ && seteuid(65534) != 0) throw std::runtime_error("root cannot become nobody here");
  }
  ~OtherUser() {
    if (root_ && seteuid(0) != 0) _exit(1);
  }
  OtherUser(const OtherUser&) = delete;
  OtherUser& operator=(const OtherUser&) = delete;

 private:
  bool root_;
};

}  // namespace operate::test
