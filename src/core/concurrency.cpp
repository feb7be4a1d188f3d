#include "core/concurrency.hpp"

#include <algorithm>

namespace operate::core {

std::size_t Concurrency::limit(std::size_t capacity) const noexcept {
  return limit_ < static_cast<double>(capacity) ? static_cast<std::size_t>(limit_) : capacity;
}

void Concurrency::refused(std::uint64_t epoch, std::size_t under_way) noexcept {
  if (epoch != epoch_) return;
  ++epoch_;
  limit_ = std::max(1.0, std::min(static_cast<double>(under_way), limit_) / 2);
}

void Concurrency::succeeded(std::size_t capacity) noexcept {
  limit_ += 1 / limit_;
  if (limit_ >= static_cast<double>(capacity)) limit_ = none;
}

}  // namespace operate::core
