#pragma once

#include <operate/detail/page_cursor.hpp>
#include <operate/version.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// A whole list, fetched a page at a time while it is read: a single-pass range, in C++20 an input_range.
///
/// Comparing an iterator with end(), and dereferencing it, may fetch the next page and so throw whatever a
/// call throws; stepping an item on never does, so that taking n items fetches no page too many (but with
/// ListAllOptions::prefetch). A call that
/// failed loses nothing: begin() goes on with the item that is due. Throws DecodeError for pages that do not
/// advance and for an empty page before the list's total is reached, so that no list is silently short;
/// std::out_of_range for dereferencing an iterator behind the last item, or end().
///
/// What is promised of a list that changes while it is read: no item is delivered twice, by its id, and none
/// is missed that was in the list from the first request to the last, as long as fewer than 5,000 others
/// come or go while 20,000 are read. That none is missed holds where the order of items is stable, which
/// Operate does not document. Not promised is what comes of items that come or go meanwhile, and that none is
/// missed in an order in which items move, as when they are edited. To keep this,
/// - each page but the first is asked for with the item before it, whose id shows that nothing was skipped;
/// - the ids of the last 20,000 items that were delivered are remembered, in 1 MB at most;
/// - where a page shows none of them, the place is looked for elsewhere, further in front first. In a list
///   that was begun at offset 0 and whose items are all remembered it is always found. Otherwise there may be
///   items in front of which nothing is known: it is looked for 19 pages to either side, and where all that
///   was delivered is gone, or more came or went between two requests, the list ends in a DecodeError that
///   says so. So does any list that changes beyond recognition before each of dozens of requests on end.
///   begin() looks again; where that is in vain, too, only a new list from offset 0 misses nothing: one that
///   goes on at position() may miss as many items as have gone.
/// Without ListAllOptions::complete_under_change, and in a list whose items have no id or that shows one id
/// twice on a page, only offsets count: they move where items come or go, and an item may be missed or come
/// twice.
///
/// A reference to an item or a page is good until the list goes on to another page, or from items to pages;
/// what it refers to may be moved
/// out. All iterators of one range share one place in the list, and so do copies of it. The range, its
/// iterators and what pages() returns may outlive the Client and each other. Thread safety: one thread at a
/// time.
template <class T>
class PagedRange {
  using Cursor = detail::PageCursor<T>;

 public:
  /// Over items; C++17 input iterator, single pass.
  class iterator : public detail::PagedIterator<iterator, T, T> {
   public:
    using detail::PagedIterator<iterator, T, T>::PagedIterator;

   private:
    friend class detail::PagedIterator<iterator, T, T>;
    static bool is_due(Cursor& cursor) { return cursor.has_item_left(); }
    static T& current(Cursor& cursor) { return cursor.item(); }
    static void step(Cursor& cursor) noexcept { cursor.next_item(); }
  };

  /// Over pages; C++17 input iterator, single pass. Stepping on fetches the page where it is not at hand, and
  /// may throw.
  class page_iterator : public detail::PagedIterator<page_iterator, T, Page<T>> {
   public:
    using detail::PagedIterator<page_iterator, T, Page<T>>::PagedIterator;

   private:
    friend class detail::PagedIterator<page_iterator, T, Page<T>>;
    static bool is_due(Cursor& cursor) { return cursor.has_item(); }
    static Page<T>& current(Cursor& cursor) { return cursor.page(); }
    static void step(Cursor& cursor) { cursor.next_page(); }
  };

  /// The list as pages, for progress or for work in batches. Items that were read one by one before are no
  /// part of the first. Where the list changes, pages may be smaller than ListAllOptions::page_size; the
  /// offset of each is that of its first item.
  class Pages {
   public:
    /// The page that is due. Does no I/O.
    page_iterator begin() const { return page_iterator(cursor_); }
    /// Compares equal when all pages were read; comparing may fetch the next one.
    page_iterator end() const { return page_iterator(); }

    /// Copies share one place in the list.
    Pages(const Pages&) = default;
    /// Copies share one place in the list.
    Pages& operator=(const Pages&) = default;
    ~Pages() = default;

   private:
    friend class PagedRange;
    explicit Pages(std::shared_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}
    std::shared_ptr<Cursor> cursor_;
  };

  /// Made by the SDK.
  PagedRange(const ListAllOptions& options, std::unique_ptr<detail::PageSource<T>> source)
      : cursor_(std::make_shared<Cursor>(options, std::move(source))) {}

  // No move operations: a range that was moved from is a copy, and still works.
  /// Copies share one place in the list.
  PagedRange(const PagedRange&) = default;
  /// Copies share one place in the list.
  PagedRange& operator=(const PagedRange&) = default;
  ~PagedRange() = default;

  /// The item that is due. Does no I/O.
  iterator begin() const { return iterator(cursor_); }
  /// Compares equal when all items were read; comparing may fetch the next page.
  iterator end() const { return iterator(); }
  /// The same list as pages, from the same place.
  Pages pages() const { return Pages(cursor_); }

  /// The offset of the item, or of the first item of the page, that is due: inside a loop over the range it
  /// is the one at hand. As ListAllOptions::offset it resumes the list there, also in another process; beyond
  /// the list's end there is nothing left, which is no error.
  /// It is an offset as of the page that the item came with: a list that changes before it is resumed may
  /// miss items there, or deliver some that the list before it had delivered.
  std::int64_t position() const noexcept { return cursor_->position(); }

  /// Everything that is not read yet. Where it throws, nothing is lost: it may be called again.
  std::vector<T> to_vector() const { return cursor_->rest(); }

 private:
  std::shared_ptr<Cursor> cursor_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
