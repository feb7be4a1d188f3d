#include <operate/detail/page_walk.hpp>

#include "core/validation.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

namespace {

constexpr std::int64_t largest_limit = 100;  // Documented.
constexpr std::int64_t largest_offset = std::numeric_limits<std::int64_t>::max();

// A list has to change before every single request to come near one of these; a server that answers at random
// or always the same reaches it at once.
constexpr int most_lost = 40;
constexpr int most_idle = 40;
constexpr int most_repeats = 8;

// So many pages in a row that show the list's end are believed.
constexpr int enough_ends = 8;

bool tells_items_apart(const PageContent& content) {
  return content.keys.size() == content.items &&
         std::unordered_set<ItemKey>(content.keys.begin(), content.keys.end()).size() == content.items;
}

}  // namespace

PageWalk::PageWalk(const ListAllOptions& options, std::size_t remembered)
    : remembered_(remembered),
      page_size_(options.page_size),
      offset_(options.offset),
      remaining_(options.max_items),
      from_front_(options.offset == 0),
      by_offset_(!options.complete_under_change) {
  core::validate(options);
  done_ = remaining_ == 0;
}

ListOptions PageWalk::window_at(std::int64_t due, std::optional<std::int64_t> remaining,
                                bool overlaps) const {
  const std::int64_t wanted = remaining ? std::min<std::int64_t>(page_size_, *remaining) : page_size_;
  if (!overlaps) return {static_cast<int>(wanted), due};
  return {static_cast<int>(std::min(wanted + 1, largest_limit)), due - 1};
}

std::optional<ListOptions> PageWalk::next() const {
  if (done_) return std::nullopt;
  ListOptions window = window_at(offset_, remaining_, !by_offset_ && !delivered_.empty());
  if (probe_) window.offset = *probe_;
  return window;
}

std::optional<ListOptions> PageWalk::after(const ListOptions& window, std::int64_t total) const {
  const std::int64_t limit = std::min<std::int64_t>(window.limit, applied_limit_);
  if (done_ || probe_ || limit >= total - window.offset) return std::nullopt;
  const std::int64_t due = window.offset + limit;
  if (limit == 1 && !by_offset_) return std::nullopt;  // It would be the same window.
  auto remaining = remaining_;
  if (remaining) {
    *remaining -= due - offset_;
    if (*remaining <= 0) return std::nullopt;
  }
  return window_at(due, remaining, !by_offset_);
}

// Where to look in the place of `from`; empty where that was looked through already.
std::optional<std::int64_t> PageWalk::probe(int step, std::int64_t from, std::int64_t total) const {
  const std::int64_t width = window_at(offset_, remaining_, true).limit;
  const std::int64_t reach = (width + 1) / 2;  // So that the first brings something new where few items went.
  // Any delivered item will do, and the front of the list as well: no need to look at all of it.
  if (from_front_) return std::max<std::int64_t>(0, from - reach * ((std::int64_t{1} << step) - 1));
  const std::int64_t windows = (step - 1) / 2;
  if (step % 2 == 1) {
    if (windows > 0 && from <= reach + (windows - 1) * width) return std::nullopt;
    return std::max<std::int64_t>(0, from - reach - windows * width);
  }
  const std::int64_t distance = (windows + 1) * width;
  if (distance >= total - from) return std::nullopt;
  return from + distance;
}

void PageWalk::give_up(const AnswerOrigin& origin) {
  lost_ = probes_ = 0;  // Whoever asks again looks again.
  probe_.reset();
  origin.raise_undecodable(
      "shows none of the items that were delivered, nor did others before and behind it: the list changed by "
      "more than can be followed.");
}

void PageWalk::look_elsewhere(std::int64_t total, const AnswerOrigin& origin) {
  const std::int64_t from = std::min(offset_ - 1, total);
  int step = probes_;
  std::optional<std::int64_t> at;
  while (!at && step < most_lost) at = probe(++step, from, total);
  if (!at || lost_ >= most_lost) give_up(origin);
  ++lost_;
  probes_ = step;
  probe_ = at;
}

std::vector<PageRun> PageWalk::accept(const ListOptions& window, const Pagination& page,
                                      const PageContent& content, const AnswerOrigin& origin) {
  const std::size_t items = content.items;
  if (items == 0 && window.offset < page.total)
    origin.raise_undecodable("is an empty page at offset " + std::to_string(window.offset) +
                             ", though the total is " + std::to_string(page.total) + ".");
  if (items > 0 && page.offset != window.offset)
    origin.raise_undecodable("is the page at offset " + std::to_string(page.offset) + "; asked for was " +
                             std::to_string(window.offset) + ".");
  if (items > static_cast<std::uint64_t>(largest_offset - window.offset))
    origin.raise_undecodable("has offsets beyond 64 bits.");
  if (by_offset_ && window.offset != offset_) return {};
  if (by_offset_) return accept_by_offset(window, page, content, origin);

  const bool first = delivered_.empty();
  if (items == 0) {
    // The end is that of a list that was not begun, or of one that is gone altogether.
    if (first || page.total == 0)
      done_ = true;
    else
      look_elsewhere(page.total, origin);
    return {};
  }
  if (!tells_items_apart(content)) {
    by_offset_ = true;
    probe_.reset();
    if (!first) return {};
    return accept_by_offset(window, page, content, origin);
  }

  const auto is_delivered = [this](ItemKey key) { return delivered_.count(key) > 0; };
  const auto found_at = std::find_if(content.keys.begin(), content.keys.end(), is_delivered);
  const bool found = found_at != content.keys.end();
  const bool front = from_front_ && window.offset == 0;
  if (!first && !found && !front) {
    look_elsewhere(page.total, origin);
    return {};
  }
  const int lost = first || found ? lost_ : lost_ + 1;
  if (lost > most_lost) give_up(origin);

  // That items came and others went so that the same ones stand at another offset is rare, but can be.
  const bool same = items > 1 && items == last_items_ && content.fingerprint == last_fingerprint_ &&
                    window.offset != last_offset_;
  const int repeats = same && page.total <= last_total_ ? repeats_ + 1 : 0;
  if (repeats >= most_repeats)
    origin.raise_undecodable("at offset " + std::to_string(window.offset) +
                             " is the same page as those before it.");
  const bool as_expected = first || content.keys.front() == last_key_;
  // Where the place has moved by no more than the list has grown: items came before it.
  const auto last_at = std::find(content.keys.begin(), content.keys.end(), last_key_);
  const bool pushed_back =
      last_at != content.keys.end() && last_at - content.keys.begin() <= page.total - last_total_;
  const std::int64_t end = window.offset + static_cast<std::int64_t>(items);
  if (!as_expected && end > page.total)
    origin.raise_undecodable("has items up to offset " + std::to_string(end) + ", though the total is " +
                             std::to_string(page.total) + ".");

  std::size_t most = items;
  if (!first && !found) most = std::min(most, static_cast<std::size_t>(page_size_));
  if (remaining_)
    most = static_cast<std::size_t>(std::min<std::uint64_t>(most, static_cast<std::uint64_t>(*remaining_)));
  std::vector<PageRun> runs;
  std::unordered_set<ItemKey> taken;
  // Before a delivered item stands what came later or, in a list that began at an offset or has grown beyond
  // what is remembered, before it.
  std::size_t behind = first || from_front_ ? 0 : static_cast<std::size_t>(found_at - content.keys.begin());
  for (; behind < items; ++behind) {
    const ItemKey key = content.keys[behind];
    if (is_delivered(key)) continue;
    if (taken.size() == most) break;
    taken.insert(key);
    if (runs.empty() || runs.back().end != behind) runs.push_back({behind, behind});
    runs.back().end = behind + 1;
  }
  const auto remaining =
      remaining_ ? std::optional(*remaining_ - static_cast<std::int64_t>(taken.size())) : std::nullopt;
  // Decision 10 says of whom the end is believed.
  const bool at_end = behind == items && end >= page.total;
  const bool believed = as_expected || pushed_back || front || ends_ + 1 >= enough_ends;
  const bool done = remaining == 0 || (at_end && believed);
  // A page that only leads on over what was delivered brings the end nearer.
  const std::int64_t due = window.offset + static_cast<std::int64_t>(behind);
  const bool is_idle = runs.empty() && !at_end && !first && page.total - due >= last_total_ - offset_;
  const int idle = is_idle ? idle_ + 1 : 0;
  if (idle > most_idle) {
    idle_ = 0;
    origin.raise_undecodable("shows nothing new, nor did the " + std::to_string(most_idle) +
                             " before it: the list grows in front as fast as it is read.");
  }
  if (end < page.total && behind == 1 && taken.empty())
    origin.raise_undecodable("at offset " + std::to_string(window.offset) +
                             " has nothing behind the item that was delivered last, though asked for were " +
                             std::to_string(window.limit) + " and the total is " +
                             std::to_string(page.total) + ".");

  remember(content.keys, runs, taken);
  remaining_ = remaining;
  offset_ = due;
  done_ = done;
  ends_ = at_end ? ends_ + 1 : 0;
  idle_ = idle;
  note_limit(window, page, items);
  last_key_ = content.keys[behind - 1];
  last_offset_ = window.offset;
  last_items_ = items;
  last_fingerprint_ = content.fingerprint;
  last_total_ = page.total;
  repeats_ = repeats;
  lost_ = found && !runs.empty() ? 0 : lost;
  probes_ = 0;
  probe_.reset();
  return runs;
}

// Throws, if it does, before anything has changed.
void PageWalk::remember(const std::vector<ItemKey>& keys, const std::vector<PageRun>& runs,
                        std::unordered_set<ItemKey>& taken) {
  const std::size_t room = remembered_ - std::min(remembered_, order_.size());
  order_.reserve(order_.size() + std::min(room, taken.size()));
  delivered_.reserve(delivered_.size() + taken.size());
  delivered_.merge(taken);
  for (const auto& [begin, end] : runs)
    for (std::size_t i = begin; i < end; ++i) {
      if (order_.size() < remembered_) {
        order_.push_back(keys[i]);
        continue;
      }
      delivered_.erase(std::exchange(order_[oldest_], keys[i]));
      oldest_ = (oldest_ + 1) % remembered_;
      from_front_ = false;
    }
}

void PageWalk::note_limit(const ListOptions& window, const Pagination& page, std::size_t items) noexcept {
  // A server that states less than it gives would make windows that are fetched ahead too small.
  const std::int64_t stated = std::max(page.limit, static_cast<std::int64_t>(items));
  applied_limit_ = page.limit > 0 && stated < window.limit ? stated : largest_limit;
}

std::vector<PageRun> PageWalk::accept_by_offset(const ListOptions& window, const Pagination& page,
                                                const PageContent& content, const AnswerOrigin& origin) {
  if (content.items == 0) {
    done_ = true;
    return {};
  }
  // One item may come twice because the list changed meanwhile; a whole page of several does not.
  if (content.items > 1 && content.items == last_items_ && content.fingerprint == last_fingerprint_)
    origin.raise_undecodable("at offset " + std::to_string(offset_) +
                             " is the same page as the one before it.");
  auto used = static_cast<std::int64_t>(content.items);
  if (remaining_) used = std::min(used, *remaining_);
  std::vector<PageRun> runs = {{0, static_cast<std::size_t>(used)}};  // Before anything changes.
  if (remaining_) *remaining_ -= used;
  offset_ += used;
  last_items_ = content.items;
  last_fingerprint_ = content.fingerprint;
  done_ = remaining_ == 0 || offset_ >= page.total;
  note_limit(window, page, content.items);
  return runs;
}

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
