#pragma once

#include <cstdint>
#include <optional>

namespace operate {
inline namespace v0 {

/// One page of a list, as the guide "Pagination" documents it.
struct ListOptions {
  /// 1 to 100; at or below 50 is recommended.
  int limit = 50;
  /// How many items to leave out; 0 and up.
  std::int64_t offset = 0;
};

/// A whole list, page by page.
struct ListAllOptions {
  /// How many items to ask for at a time; 1 to 100.
  int page_size = 50;
  /// Where to begin; 0 and up. PagedRange::position() of an earlier list goes on where that one ended.
  std::int64_t offset = 0;
  /// How many items to deliver at most; 0 and up. Unless set, all.
  std::optional<std::int64_t> max_items = {};
};

}  // namespace v0
}  // namespace operate
