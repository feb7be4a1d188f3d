#pragma once

#include <operate/version.hpp>

#include <cstdint>
#include <optional>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// One page of a list, as the guide "Pagination" documents it.
struct ListOptions {
  /// 1 to 100; at or below 50 is recommended.
  int limit = 50;
  /// How many items to leave out; 0 and up.
  std::int64_t offset = 0;
};

/// A whole list, page by page.
struct ListAllOptions {
  /// How many items a page has; 1 to 100. Of 100, which is as many as the API takes, pages but the first have
  /// 99, since one more is asked for; see complete_under_change.
  int page_size = 50;
  /// Where to begin; 0 and up. PagedRange::position() of an earlier list goes on where that one ended. What
  /// is promised of a list that changes holds for each range by itself: where one list is read as several
  /// ranges, items that move from one into another meanwhile are missed, or come twice.
  std::int64_t offset = 0;
  /// How many items to deliver at most; 0 and up. Unless set, all.
  std::optional<std::int64_t> max_items = {};
  /// How many pages may be on their way while one is read, once the first has told the total; 0 to 100. They
  /// are fetched on the client's own thread, and so many are kept in memory. They end with the last of the
  /// range, its copies, pages and iterators, and with its token, behind the page that is being read; the
  /// server's refusals (429) lower their number for a while, and so does Config::max_async_calls: without a
  /// place, of which the observer hears as of a call that failed, the page that is due is fetched on the
  /// caller's thread. One that fails in a way that may pass is
  /// asked for again when it is due. A loop in a callback on the client's own thread throws std::logic_error;
  /// the child of a fork begins a list of its own.
  int prefetch = 0;
  /// Whether each page but the first is asked for with the item before it, so that no item is missed or comes
  /// twice where others come or go while the list is read, as PagedRange promises it. Otherwise only offsets
  /// count.
  bool complete_under_change = true;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
