#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace operate::core {

/// How many of a client's calls may be under way at a time, as far as the server has something against it:
/// half as many after it has refused some (429), and one more for each round of calls that succeed. One
/// thread.
class Concurrency {
 public:
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  std::size_t limit() const noexcept;

  /// What an attempt that begins now is to remember: of all that were on their way when the limit was
  /// lowered, none lowers it again.
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// An attempt was refused, one of so many.
  void refused(std::uint64_t epoch, std::size_t under_way) noexcept;
  /// An attempt has succeeded; `capacity` is how many there may be without any limit.
  void succeeded(std::size_t capacity) noexcept;

 private:
  static constexpr double none = 0;
  double limit_ = none;
  std::uint64_t epoch_ = 0;
};

}  // namespace operate::core
