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
  /// `capacity` is how many there may be as far as the client is concerned.
  std::size_t limit(std::size_t capacity) const noexcept;

  /// What an attempt that begins now is to remember: of all that were on their way when the limit was
  /// lowered, none lowers it again.
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// An attempt was refused, one of so many.
  void refused(std::uint64_t epoch, std::size_t under_way) noexcept;
  /// An attempt has succeeded.
  void succeeded(std::size_t capacity) noexcept;

 private:
  static constexpr double none = std::numeric_limits<double>::infinity();
  double limit_ = none;
  std::uint64_t epoch_ = 0;
};

}  // namespace operate::core
