#pragma once

#include <operate/detail/answer_origin.hpp>
#include <operate/export.hpp>
#include <operate/list_options.hpp>
#include <operate/page.hpp>
#include <operate/version.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// Stands for an item's id.
using ItemKey = std::uint64_t;

/// What a walk has to know of the items of a page.
struct PageContent {
  std::size_t items = 0;
  std::size_t fingerprint = 0;     ///< Tells pages with different content apart.
  std::vector<ItemKey> keys = {};  ///< In the order of the items; fewer than items where one has no id.
};

/// Items of a page that follow each other: from `begin` to before `end`.
struct PageRun {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Which window of a list to ask for next, and which items of the one that came belong to the list. No I/O.
///
/// Windows overlap by one item. One that holds an item that was delivered leads on, whenever it was fetched:
/// in a stable order all that is still due stands behind that item. Of its items those are taken that were
/// not delivered. Where one holds none, the place is looked for elsewhere, further in front first.
class OPERATE_EXPORT PageWalk {
 public:
  /// How many of the delivered items are remembered, the last ones: 1 MB, however long the list.
  static constexpr std::size_t remembered_items = 20'000;

  /// Throws ValidationError for options out of their ranges.
  explicit PageWalk(const ListAllOptions& options, std::size_t remembered = remembered_items);

  /// The window to ask for; empty when the list is complete.
  std::optional<ListOptions> next() const;

  /// The window behind `window`, if the list has `total` items and does not change: it can be fetched ahead.
  /// Empty where nothing is behind it, and while the place is looked for.
  std::optional<ListOptions> after(const ListOptions& window, std::int64_t total) const;

  /// Takes note of the page that came for `window`, which is next(), or another that was fetched ahead; where
  /// only offsets count, such a page is ignored. Returns which of its items are next in the list;
  /// where that is none, next() knows how to go on. Throws DecodeError, and takes note of nothing, for a page
  /// that does not advance, for an empty one before `total` is reached, and where the place is not found
  /// again.
  std::vector<PageRun> accept(const ListOptions& window, const Pagination& page, const PageContent& content,
                              const AnswerOrigin& origin);

  /// The offset of the item that is due, as of the page that was accepted last.
  std::int64_t offset() const noexcept { return offset_; }

 private:
  ListOptions window_at(std::int64_t due, std::optional<std::int64_t> remaining, bool overlaps) const;
  std::optional<std::int64_t> probe(int step, std::int64_t from, std::int64_t total) const;
  void look_elsewhere(std::int64_t total, const AnswerOrigin& origin);
  [[noreturn]] void give_up(const AnswerOrigin& origin);
  std::vector<PageRun> accept_by_offset(const ListOptions& window, const Pagination& page,
                                        const PageContent& content, const AnswerOrigin& origin);

  void remember(const std::vector<ItemKey>& keys, const std::vector<PageRun>& runs,
                std::unordered_set<ItemKey>& taken);
  void note_limit(const ListOptions& window, const Pagination& page, std::size_t items) noexcept;

  std::size_t remembered_;
  int page_size_;
  std::int64_t offset_;
  std::optional<std::int64_t> remaining_;
  bool from_front_;  // Whether everything before the place was delivered and is remembered, or came later.
  bool by_offset_;   // Whether nothing is known but offsets.
  bool done_ = false;
  std::int64_t applied_limit_ = 100;  // What the server cuts larger ones to.

  std::unordered_set<ItemKey> delivered_;  // As far as it is remembered,
  std::vector<ItemKey> order_;             // in the order of delivery, round and round,
  std::size_t oldest_ = 0;                 // from here on.
  ItemKey last_key_ = 0;                   // Of the item before the place.
  std::int64_t last_offset_ = 0;
  std::size_t last_items_ = 0;
  std::size_t last_fingerprint_ = 0;
  std::int64_t last_total_ = 0;
  int repeats_ = 0;  // How many pages in a row, at different offsets, were the same as the one before.

  int ends_ = 0;  // How many pages in a row have shown the list's end,
  int idle_ = 0;  // or nothing new.

  std::optional<std::int64_t> probe_;  // Where the place is looked for.
  int probes_ = 0;
  int lost_ = 0;  // Pages without a delivered item, since one with such an item brought something new.
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
