#include "core/concurrency.hpp"

#include <algorithm>

namespace operate::core {

std::size_t Concurrency::limit() const noexcept {
  return limit_ == none ? unlimited : static_cast<std::size_t>(limit_);
}

void Concurrency::refused(std::uint64_t epoch, std::size_t under_way) noexcept {
  if (epoch != epoch_) return;
  ++epoch_;
  limit_ = std::max(1.0, static_cast<double>(std::min(under_way, limit())) / 2);
}

void Concurrency::succeeded(std::size_t capacity) noexcept {
  if (limit_ == none) return;
  limit_ += 1 / limit_;
  if (limit_ >= static_cast<double>(capacity)) limit_ = none;
}

}  // namespace operate::core
