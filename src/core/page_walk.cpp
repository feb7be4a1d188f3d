#include <operate/detail/page_walk.hpp>

#include "core/validation.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace operate {
inline namespace v0 {
namespace detail {

PageWalk::PageWalk(const ListAllOptions& options)
    : page_size_(options.page_size), offset_(options.offset), remaining_(options.max_items) {
  core::validate(options);
  done_ = remaining_ == 0;
}

std::optional<ListOptions> PageWalk::next() const {
  if (done_) return std::nullopt;
  const auto limit = remaining_ ? std::min<std::int64_t>(page_size_, *remaining_) : page_size_;
  return ListOptions{static_cast<int>(limit), offset_};
}

std::size_t PageWalk::accept(const Pagination& page, std::size_t items, std::size_t fingerprint,
                             const AnswerOrigin& origin) {
  if (items == 0) {
    if (offset_ < page.total)
      origin.raise_undecodable("is an empty page at offset " + std::to_string(offset_) +
                               ", though the total is " + std::to_string(page.total) + ".");
    done_ = true;
    return 0;
  }
  if (page.offset != offset_)
    origin.raise_undecodable("is the page at offset " + std::to_string(page.offset) + "; asked for was " +
                             std::to_string(offset_) + ".");
  // One item may come twice because the list changed meanwhile; a whole page of several does not.
  if (items > 1 && items == last_items_ && fingerprint == last_fingerprint_)
    origin.raise_undecodable("at offset " + std::to_string(offset_) +
                             " is the same page as the one before it.");

  auto used = static_cast<std::int64_t>(items);
  if (remaining_) used = std::min(used, *remaining_);
  if (used > std::numeric_limits<std::int64_t>::max() - offset_)
    origin.raise_undecodable("has offsets beyond 64 bits.");
  if (remaining_) *remaining_ -= used;
  offset_ += used;
  last_items_ = items;
  last_fingerprint_ = fingerprint;
  done_ = remaining_ == 0 || offset_ >= page.total;
  return static_cast<std::size_t>(used);
}

}  // namespace detail
}  // namespace v0
}  // namespace operate
