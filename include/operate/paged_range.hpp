#pragma once

#include <operate/detail/page_cursor.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace operate {
inline namespace v0 {

/// A whole list, fetched a page at a time while it is read: a single-pass range, in C++20 an input_range.
///
/// Comparing an iterator with end(), and dereferencing it, may fetch the next page and so throw whatever a
/// call throws; stepping an item on never does, so that taking n items fetches no page too many. A call that
/// failed loses nothing: begin() goes on with the item that is due. Throws DecodeError for pages that do not
/// advance and for an empty page before the list's total is reached, so that no list is silently short;
/// std::out_of_range for dereferencing an iterator behind the last item, or end().
///
/// A reference to an item or a page is good until the next page is fetched; what it refers to may be moved
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

  /// Over pages; C++17 input iterator, single pass.
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
  /// part of the first.
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
  /// Operate documents no order of lists: where items come or go between two requests, offsets move, and an
  /// item may be missed or come twice.
  std::int64_t position() const noexcept { return cursor_->position(); }

  /// Everything that is not read yet. Where it throws, nothing is lost: it may be called again.
  std::vector<T> to_vector() const { return cursor_->rest(); }

 private:
  std::shared_ptr<Cursor> cursor_;
};

}  // namespace v0
}  // namespace operate
