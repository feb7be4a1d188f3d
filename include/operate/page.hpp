#pragma once

#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// What the server says of a page: `total` counts all items of the list, `limit` and `offset` are what it
/// applied.
struct Pagination {
  /// How many items match in all; 0 and up.
  std::int64_t total = 0;
  /// The limit that the server applied; 0 and up.
  std::int64_t limit = 0;
  /// The offset that the server applied; 0 and up.
  std::int64_t offset = 0;
};

namespace detail {

template <class T>
class PageCursor;

/// The sum, at most the largest number that there is.
inline std::int64_t saturating_add(std::int64_t a, std::size_t b) noexcept {
  constexpr auto most = (std::numeric_limits<std::int64_t>::max)();
  const auto room = static_cast<std::uint64_t>(a > 0 ? most - a : most);
  return b > room ? most : a + static_cast<std::int64_t>(b);
}

}  // namespace detail

/// One page of a list: a range of items. Thread safety: like std::vector.
template <class T>
class Page {
 public:
  /// As of any container.
  using value_type = T;
  /// As of any container.
  using iterator = typename std::vector<T>::iterator;
  /// As of any container.
  using const_iterator = typename std::vector<T>::const_iterator;

  Page() = default;
  /// For tests of your own: a page of these items.
  Page(std::vector<T> items, Pagination pagination, Transfer transfer = {})
      : items_(std::move(items)), pagination_(pagination), transfer_(std::move(transfer)) {}

  /// The first item.
  iterator begin() noexcept { return items_.begin(); }
  /// Behind the last item.
  iterator end() noexcept { return items_.end(); }
  /// The first item.
  const_iterator begin() const noexcept { return items_.begin(); }
  /// Behind the last item.
  const_iterator end() const noexcept { return items_.end(); }
  /// How many items this page has.
  std::size_t size() const noexcept { return items_.size(); }
  /// Whether this page has no items.
  bool empty() const noexcept { return items_.empty(); }
  /// The item; undefined for an index of size() and up.
  T& operator[](std::size_t index) { return items_[index]; }
  /// The item; undefined for an index of size() and up.
  const T& operator[](std::size_t index) const { return items_[index]; }

  /// What the server says of the page.
  const Pagination& pagination() const noexcept { return pagination_; }

  /// What the attempt that brought the page did on the wire.
  const Transfer& transfer() const noexcept { return transfer_; }

  /// The offset of the item behind this page's last.
  std::int64_t next_offset() const noexcept {
    return detail::saturating_add(pagination_.offset, items_.size());
  }
  /// Whether the list goes on behind this page, also where ListAllOptions::max_items ends there.
  bool has_more() const noexcept { return next_offset() < pagination_.total; }

 private:
  friend class detail::PageCursor<T>;
  std::vector<T> items_;
  Pagination pagination_;
  Transfer transfer_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
