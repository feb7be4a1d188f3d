#include <operate/operate.hpp>

#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace {

using Range = operate::PagedRange<int>;
static_assert(std::ranges::input_range<Range>);
static_assert(std::ranges::input_range<Range::Pages>);
static_assert(!std::is_nothrow_move_constructible_v<Range> || std::is_copy_constructible_v<Range>);

// The numbers from 0 up, in pages, each its own key; the fetch with the number `fails_at` throws once.
class Numbers : public operate::detail::PageSource<int> {
 public:
  struct Log {
    std::vector<std::int64_t> offsets = {};
    std::optional<std::size_t> fails_at = {};
  };
  Numbers(int total, Log& log) : total_(total), log_(log) {}

  operate::detail::FetchedPage<int> fetch(const operate::ListOptions& options) override {
    log_.offsets.push_back(options.offset);
    if (log_.offsets.size() - 1 == log_.fails_at) throw std::runtime_error("lost");
    const int begin = std::min<int>(static_cast<int>(options.offset), total_);
    std::vector<int> items(static_cast<std::size_t>(std::min(options.limit, total_ - begin)));
    std::iota(items.begin(), items.end(), begin);
    operate::detail::PageContent content{items.size(), static_cast<std::size_t>(begin) + 1, {}};
    content.keys.assign(items.begin(), items.end());
    return {operate::Page<int>(items, {total_, options.limit, options.offset}), content};
  }
  operate::Async<operate::detail::FetchedPage<int>> fetch_async(const operate::ListOptions&,
                                                                operate::WhenFull) override {
    throw std::logic_error("nothing is to be fetched ahead");
  }
  bool is_cancelled() const noexcept override { return false; }

 private:
  int total_;
  Log& log_;
};

class PagedRangeTest : public testing::Test {
 protected:
  Range numbers(int total, operate::ListAllOptions options = {10, 0, {}}) {
    return {options, std::make_unique<Numbers>(total, log)};
  }
  static std::vector<int> from_to(int begin, int end) {
    std::vector<int> result(static_cast<std::size_t>(end - begin));
    std::iota(result.begin(), result.end(), begin);
    return result;
  }
  Numbers::Log log;
};

TEST_F(PagedRangeTest, DeliversEveryItemOnceAndSendsNothingBeforeItIsRead) {
  const Range range = numbers(25);
  auto at = range.begin();
  EXPECT_TRUE(log.offsets.empty());
  EXPECT_EQ(std::vector<int>(at, range.end()), from_to(0, 25));
  EXPECT_EQ(log.offsets, (std::vector<std::int64_t>{0, 9, 19}));
  EXPECT_TRUE(range.begin() == range.end());
}

TEST_F(PagedRangeTest, TakingAPageOfItemsFetchesOnePage) {
  const Range range = numbers(25);
  auto at = range.begin();
  for (int i = 0; i < 10; ++i, ++at) EXPECT_EQ(*at, i);
  EXPECT_EQ(log.offsets.size(), 1u);
  EXPECT_EQ(range.position(), 10);
  EXPECT_EQ(*at, 10);
  EXPECT_EQ(log.offsets.size(), 2u);
}

TEST_F(PagedRangeTest, PagesMayBeMovedOutAndNoneIsLost) {
  const Range range = numbers(25);
  std::vector<int> all;
  std::vector<std::int64_t> positions;
  for (operate::Page<int>& page : range.pages()) {
    const operate::Page<int> mine = std::move(page);
    positions.push_back(range.position());
    all.insert(all.end(), mine.begin(), mine.end());
  }
  EXPECT_EQ(all, from_to(0, 25));
  EXPECT_EQ(positions, (std::vector<std::int64_t>{0, 10, 20}));
  EXPECT_EQ(range.position(), 25);
  EXPECT_EQ(log.offsets.size(), 3u);
}

TEST_F(PagedRangeTest, BehindAPageThatWasMovedOutTheListGoesOn) {
  const Range range = numbers(25);
  auto item = range.begin();
  EXPECT_EQ(*++item, 1);
  const operate::Page<int> first = std::move(*range.pages().begin());
  EXPECT_EQ(first.size(), 9u);  // Item 0 was read.
  EXPECT_EQ(range.position(), 1);
  EXPECT_EQ(*item, 10);
  EXPECT_EQ(range.position(), 10);
  const operate::Page<int> second = std::move(*range.pages().begin());
  EXPECT_EQ(range.to_vector(), from_to(20, 25));
  EXPECT_EQ(range.position(), 25);
}

TEST_F(PagedRangeTest, BehindTheLastPageThatWasMovedOutIsTheEnd) {
  const Range range = numbers(5);
  const operate::Page<int> only = std::move(*range.pages().begin());
  EXPECT_EQ(only.size(), 5u);
  for (const int item : range) ADD_FAILURE() << item;
  EXPECT_EQ(range.position(), 5);
}

TEST_F(PagedRangeTest, AnIteratorThatWasMovedFromStillWorks) {
  const Range range = numbers(3);
  auto from = range.begin();
  const auto to = std::move(from);
  EXPECT_EQ(*to, 0);
  EXPECT_EQ(*from, 0);  // NOLINT(bugprone-use-after-move): what is tested.
}

TEST_F(PagedRangeTest, TheEndIsNoItem) {
  const Range range = numbers(3);
  auto end = range.end();
  EXPECT_THROW(*end, std::out_of_range);
  EXPECT_THROW(++end, std::out_of_range);
  EXPECT_THROW(*range.pages().end(), std::out_of_range);
  EXPECT_THROW(*Range::iterator(), std::out_of_range);
}

TEST_F(PagedRangeTest, StepsOverItemsThatWereNeverLookedAt) {
  const Range range = numbers(25);
  const auto at = std::next(range.begin(), 12);
  EXPECT_TRUE(log.offsets.empty());
  EXPECT_EQ(*at, 12);
  EXPECT_EQ(range.position(), 12);
  EXPECT_TRUE(std::next(range.begin(), 100) == range.end());
  EXPECT_EQ(range.position(), 25);
}

TEST_F(PagedRangeTest, PositionIsTheItemAtHandAndResumes) {
  std::int64_t stopped_at = 0;
  const Range first = numbers(25);
  for (int number : first) {
    stopped_at = first.position();
    if (number == 13) break;
  }
  EXPECT_EQ(stopped_at, 13);
  EXPECT_EQ(numbers(25, {10, stopped_at, {}}).to_vector(), from_to(13, 25));
}

TEST_F(PagedRangeTest, MaxItemsFetchesNoPageTooMany) {
  EXPECT_EQ(numbers(100, {10, 5, 20}).to_vector(), from_to(5, 25));
  EXPECT_EQ(log.offsets, (std::vector<std::int64_t>{5, 14}));
  EXPECT_TRUE(numbers(100, {10, 0, 0}).to_vector().empty());
  EXPECT_EQ(log.offsets.size(), 2u);
}

TEST_F(PagedRangeTest, PagesComeOneByOneAndKnowTheTotal) {
  std::vector<std::size_t> sizes;
  const Range range = numbers(25);
  for (const auto& page : range.pages()) {
    EXPECT_EQ(page.pagination().total, 25);
    EXPECT_EQ(range.position(), page[0]);
    EXPECT_EQ(page.has_more(), page.next_offset() < 25);
    sizes.push_back(page.size());
    EXPECT_EQ(log.offsets.size(), sizes.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 10, 5}));
  EXPECT_EQ(range.position(), 25);
  for (const auto& page : numbers(0).pages()) ADD_FAILURE() << page.size();
}

TEST_F(PagedRangeTest, PagesGoOnBehindTheItemsThatWereRead) {
  const Range range = numbers(25);
  auto at = range.begin();
  for (int i = 0; i < 3; ++i) ++at;
  const auto pages = range.pages();
  auto page = pages.begin();
  EXPECT_EQ((*page)[0], 3);
  EXPECT_EQ(page->size(), 7u);
  EXPECT_EQ(page->next_offset(), 10);
  ++page;
  EXPECT_EQ(page->pagination().offset, 10);
}

TEST_F(PagedRangeTest, AFailedPageLosesNothing) {
  log.fails_at = 1;
  const Range range = numbers(25);
  std::vector<int> read;
  const auto read_on = [&] {
    for (int number : range) read.push_back(number);
  };
  EXPECT_THROW(read_on(), std::runtime_error);
  EXPECT_EQ(range.position(), 10);
  read_on();
  EXPECT_EQ(read, from_to(0, 25));

  log = {};
  log.fails_at = 2;
  const Range other = numbers(25);
  EXPECT_THROW(other.to_vector(), std::runtime_error);
  EXPECT_EQ(other.position(), 0);
  EXPECT_EQ(other.to_vector(), from_to(0, 25));
  EXPECT_EQ(log.offsets, (std::vector<std::int64_t>{0, 9, 19, 19}));
  EXPECT_TRUE(other.to_vector().empty());
}

TEST_F(PagedRangeTest, WorksWithAlgorithmsAndViews) {
  const Range range = numbers(25);
  EXPECT_EQ(std::accumulate(range.begin(), range.end(), 0), 300);
  std::vector<int> even;
  for (int number : numbers(25) | std::views::filter([](int n) { return n % 2 == 0; }) | std::views::take(3))
    even.push_back(number);
  EXPECT_EQ(even, (std::vector<int>{0, 2, 4}));
  auto at = range.begin();
  EXPECT_THROW(*at, std::out_of_range);
}

TEST_F(PagedRangeTest, PostIncrementLeavesTheValueBehind) {
  const Range range = numbers(25);
  auto at = range.begin();
  EXPECT_EQ(*at++, 0);
  EXPECT_EQ(*at++, 1);
  EXPECT_EQ(*at, 2);
}

TEST_F(PagedRangeTest, OutlivesWhatItCameFrom) {
  auto at = std::make_unique<Range>(numbers(25))->begin();
  EXPECT_EQ(*at, 0);
  Range moved_from = numbers(3);
  const Range other = std::move(moved_from);
  EXPECT_EQ(other.to_vector().size(), 3u);
  EXPECT_TRUE(moved_from.to_vector().empty());
}

}  // namespace
