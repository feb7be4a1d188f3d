#pragma once

#include <operate/detail/answer_origin.hpp>
#include <operate/export.hpp>
#include <operate/list_options.hpp>
#include <operate/page.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace operate {
inline namespace v0 {
namespace detail {

/// Which page of a list to ask for next, and whether the one that came leads on. No I/O.
class OPERATE_EXPORT PageWalk {
 public:
  /// Throws ValidationError for options out of their ranges.
  explicit PageWalk(const ListAllOptions& options);

  /// The page to ask for; empty when the list is complete.
  std::optional<ListOptions> next() const;

  /// Takes note of a page that came and returns how many of its items belong to the list (max_items may cut
  /// it). Throws DecodeError for a page that does not advance, and for an empty one before `total` is
  /// reached. `fingerprint` tells pages with different content apart.
  std::size_t accept(const Pagination& page, std::size_t items, std::size_t fingerprint,
                     const AnswerOrigin& origin);

  /// The offset of the item behind the last one accepted.
  std::int64_t offset() const noexcept { return offset_; }

 private:
  int page_size_;
  std::int64_t offset_;
  std::optional<std::int64_t> remaining_;
  std::size_t last_items_ = 0;
  std::size_t last_fingerprint_ = 0;
  bool done_ = false;
};

}  // namespace detail
}  // namespace v0
}  // namespace operate
