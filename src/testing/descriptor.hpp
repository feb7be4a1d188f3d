#pragma once

#include <operate/version.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// A socket or a pipe's end, which is closed with the object and stays with this program. Negative: none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {
    if (number >= 0) ::fcntl(number, F_SETFD, FD_CLOEXEC);
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int get() const noexcept { return number_; }

 private:
  int number_;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
