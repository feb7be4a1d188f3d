#include <operate/detail/page_walk.hpp>

#include "core/error_details.hpp"
#include "core/validation.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace operate {
inline namespace v0 {
namespace detail {

namespace {

[[noreturn]] void undecodable(const std::string& message) {
  ErrorDetails details;
  details.what = "The list cannot be read on: " + message;
  details.status = 200;
  throw DecodeError(std::make_shared<const ErrorDetails>(std::move(details)));
}

}  // namespace

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

std::size_t PageWalk::accept(const Pagination& page, std::size_t items, std::size_t fingerprint) {
  if (items == 0) {
    if (offset_ < page.total)
      undecodable("the page at offset " + std::to_string(offset_) + " is empty, though the total is " +
                  std::to_string(page.total) + ".");
    done_ = true;
    return 0;
  }
  if (page.offset != offset_)
    undecodable("asked for offset " + std::to_string(offset_) + ", the server sent the page at " +
                std::to_string(page.offset) + ".");
  // One item may come twice because the list changed meanwhile; a whole page of several does not.
  if (items > 1 && items == last_items_ && fingerprint == last_fingerprint_)
    undecodable("the page at offset " + std::to_string(offset_) + " is the same as the one before it.");

  auto used = static_cast<std::int64_t>(items);
  if (remaining_) used = std::min(used, *remaining_);
  if (used > std::numeric_limits<std::int64_t>::max() - offset_) undecodable("its offsets exceed 64 bits.");
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
