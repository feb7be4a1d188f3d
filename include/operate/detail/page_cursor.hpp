#pragma once

#include <operate/async.hpp>
#include <operate/detail/answer_origin.hpp>
#include <operate/detail/error_cast.hpp>
#include <operate/detail/page_walk.hpp>
#include <operate/error.hpp>
#include <operate/page.hpp>
#include <operate/request.hpp>
#include <operate/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

template <class T>
struct FetchedPage {
  Page<T> page = {};
  PageContent content = {};
  AnswerOrigin origin = {};
};

/// Where a PagedRange has its pages from.
template <class T>
class PageSource {
 public:
  PageSource() = default;
  PageSource(const PageSource&) = delete;
  PageSource& operator=(const PageSource&) = delete;
  virtual ~PageSource() = default;
  virtual FetchedPage<T> fetch(const ListOptions& options) = 0;
  virtual Async<FetchedPage<T>> fetch_async(const ListOptions& options, WhenFull when_full) = 0;
  /// Whether the list's token is; then fetch() throws CancelledError.
  virtual bool is_cancelled() const noexcept = 0;
};

/// The place in a list that a PagedRange and its iterators share: the page at hand and the item that is due.
/// A fetch that fails changes nothing.
template <class T>
class PageCursor {
 public:
  PageCursor(const ListAllOptions& options, std::unique_ptr<PageSource<T>> source)
      : walk_(options), prefetch_(static_cast<std::size_t>(options.prefetch)), source_(std::move(source)) {}
  PageCursor(const PageCursor&) = delete;
  PageCursor& operator=(const PageCursor&) = delete;
  ~PageCursor() { drop_under_way(); }

  /// Whether an item is due; fetches where the page at hand is read.
  bool has_item() {
    while (index_ >= size_) {
      if (ahead_.empty() && !load()) {
        index_ = size_;
        return false;
      }
      index_ -= size_;
      page_ = std::move(ahead_.front());
      ahead_.pop_front();
      first_ = page_.pagination().offset;
      size_ = page_.size();
    }
    return true;
  }

  /// The same for a reader of items, to whom a page that was moved out is read.
  bool has_item_left() {
    if (is_page_taken()) index_ = (std::max)(index_, size_);
    return has_item();
  }

  T& item() {
    if (!has_item_left()) throw_nothing_left();
    return page_[index_];
  }

  /// What is not read yet of the page at hand.
  Page<T>& page() {
    if (!has_item()) throw_nothing_left();
    drop_read_items();
    return page_;
  }

  /// Fetches nothing: an item behind the page at hand is looked for when it is asked for.
  void next_item() noexcept { ++index_; }

  /// Fetches where no page is at hand: to step over a page, its size has to be known.
  void next_page() {
    if (has_item()) index_ = size_;
  }

  /// Everything that is not read yet. Where a page fails, those before it are kept.
  std::vector<T> rest() {
    if (!has_item_left()) return {};
    drop_read_items();
    while (load()) {
    }
    std::size_t all = page_.size();
    for (const Page<T>& page : ahead_) all += page.size();
    page_.items_.reserve(all);
    for (Page<T>& page : ahead_)
      page_.items_.insert(page_.items_.end(), std::make_move_iterator(page.begin()),
                          std::make_move_iterator(page.end()));
    ahead_.clear();
    index_ = size_ = 0;
    return std::exchange(page_.items_, {});
  }

  /// The offset of the item that is due.
  std::int64_t position() const noexcept {
    if (index_ < size_) return saturating_add(first_, index_);
    std::int64_t due = walk_.offset();
    if (!ahead_.empty())
      due = ahead_.front().pagination().offset;
    else if (!runs_.empty())
      due = saturating_add(fetched_.page.pagination().offset, runs_.front().begin);
    return saturating_add(due, index_ - size_);
  }

 private:
  // Whether anything was left to be fetched.
  bool load() {
    for (;;) {
      if (runs_.empty()) {
        const auto window = walk_.next();
        if (!window) return false;
        fetched_ = take(*window);
        runs_ = walk_.accept(*window, fetched_.page.pagination(), fetched_.content, fetched_.origin);
      }
      // Where memory runs out in here, the runs that are left are taken by whoever asks next.
      const bool brings_something = !runs_.empty();
      while (!runs_.empty()) {
        append(runs_.front());
        runs_.erase(runs_.begin());
      }
      const std::int64_t total = fetched_.page.pagination().total;
      fetched_ = {};
      fetch_ahead(total);
      if (brings_something) return true;
    }
  }

  // Behind what is ahead: these items of the page that was fetched last.
  void append(const PageRun& run) {
    const auto begin = fetched_.page.begin() + static_cast<std::ptrdiff_t>(run.begin);
    Pagination pagination = fetched_.page.pagination();
    pagination.offset += static_cast<std::int64_t>(run.begin);
    // Nothing leaves the page that was fetched before the last step that can fail for lack of memory.
    std::vector<T> items;
    items.reserve(run.end - run.begin);
    Page<T>& page = ahead_.emplace_back(std::move(items), pagination, fetched_.page.transfer());
    page.items_.insert(page.items_.end(), std::make_move_iterator(begin),
                       std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(run.end - run.begin)));
  }

  // The page of a window, which may be on its way. Where it fails, those behind it stay as they are.
  FetchedPage<T> take(const ListOptions& window) {
    // Also where pages are there that came before it was cancelled.
    const bool is_expected = !under_way_.empty() && is_same(under_way_.front().window, window);
    if (!is_expected || source_->is_cancelled()) {
      drop_under_way();
      return fetch(window);
    }
    Async<FetchedPage<T>> page = std::move(under_way_.front().page);
    under_way_.pop_front();
    try {
      return page.get();
    } catch (const Error& error) {
      // It may have failed long ago, or because it was early.
      if (!error.retryable()) throw;
      if (found_no_place(error)) return source_->fetch(window);
    }
    return fetch(window);
  }

  // Where others are fetched ahead, over the connection that they share, unless there is no place for it
  // among the async calls, of which it need not be one.
  FetchedPage<T> fetch(const ListOptions& window) {
    if (prefetch_ == 0) return source_->fetch(window);
    try {
      return source_->fetch_async(window, WhenFull::fail).get();
    } catch (const Error& error) {
      if (!found_no_place(error)) throw;
    }
    return source_->fetch(window);
  }

  static bool found_no_place(const Error& error) {
    const auto* failure = error_cast<TransportError>(error);
    return failure && failure->kind() == TransportErrorKind::queue_full;
  }

  // Sends for the windows that will be wanted next, if the list does not change.
  void fetch_ahead(std::int64_t total) {
    if (prefetch_ == 0) return;
    auto window = walk_.next();
    if (!window || under_way_.empty() || !is_same(under_way_.front().window, *window))
      drop_under_way();
    else
      window = walk_.after(under_way_.back().window, total);
    for (; window && under_way_.size() < prefetch_; window = walk_.after(*window, total)) {
      under_way_.push_back({*window, source_->fetch_async(*window, WhenFull::fail)});
      // One that ends at once has most likely found no place, as will those behind it.
      if (under_way_.back().page.is_ready()) return;
    }
  }

  void drop_under_way() noexcept {
    for (const auto& one : under_way_) one.page.cancel();
    under_way_.clear();
  }

  static bool is_same(const ListOptions& one, const ListOptions& other) noexcept {
    return one.limit == other.limit && one.offset == other.offset;
  }

  [[noreturn]] static void throw_nothing_left() {
    throw std::out_of_range("operate::PagedRange: nothing is left of this list");
  }

  // The reader may have moved the page that page() lent, or changed it; the list's place is kept apart.
  bool is_page_taken() const noexcept { return page_.size() != size_; }

  void drop_read_items() {
    if (is_page_taken()) return;
    const auto read = static_cast<std::ptrdiff_t>(index_);
    page_.items_.erase(page_.items_.begin(), page_.items_.begin() + read);
    page_.pagination_.offset += read;
    first_ += read;
    index_ = 0;
    size_ = page_.size();
  }

  struct UnderWay {
    ListOptions window;
    Async<FetchedPage<T>> page;
  };

  PageWalk walk_;
  FetchedPage<T> fetched_;     // The last one,
  std::vector<PageRun> runs_;  // and what is still to be taken of it.
  std::size_t prefetch_;
  std::deque<UnderWay> under_way_;  // In the order in which they will be wanted.
  Page<T> page_;
  std::size_t size_ = 0;    // Of the page as it was fetched.
  std::size_t index_ = 0;   // May lie behind the page: items that were stepped over before they were fetched.
  std::int64_t first_ = 0;  // The offset of the page's first item.
  std::deque<Page<T>> ahead_;  // Fetched, and next behind the page at hand.
  std::unique_ptr<PageSource<T>> source_;
};

/// What iterators over items and over pages have in common; `Self` says what they stand on.
template <class Self, class T, class Value>
class PagedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = Value*;
  using reference = Value&;

  /// What `it++` leaves behind, for `*it++`: a copy.
  class Previous {
   public:
    explicit Previous(const Value& value) : value_(value) {}
    Value& operator*() { return value_; }

   private:
    Value value_;
  };

  PagedIterator() = default;
  explicit PagedIterator(std::shared_ptr<PageCursor<T>> cursor) : cursor_(std::move(cursor)) {}
  // No move operations: an iterator that was moved from would be the end.
  PagedIterator(const PagedIterator&) = default;
  PagedIterator& operator=(const PagedIterator&) = default;
  ~PagedIterator() = default;

  reference operator*() const { return Self::current(cursor()); }
  pointer operator->() const { return &**this; }
  Self& operator++() {
    Self::step(cursor());
    return static_cast<Self&>(*this);
  }
  Previous operator++(int) {
    Previous previous(**this);
    ++*this;
    return previous;
  }
  friend bool operator==(const Self& a, const Self& b) { return a.at_end() == b.at_end(); }
  friend bool operator!=(const Self& a, const Self& b) { return !(a == b); }

 private:
  PageCursor<T>& cursor() const {
    if (!cursor_) throw std::out_of_range("operate::PagedRange: this is the end of a list");
    return *cursor_;
  }
  bool at_end() const { return cursor_ == nullptr || !Self::is_due(*cursor_); }
  std::shared_ptr<PageCursor<T>> cursor_;
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
