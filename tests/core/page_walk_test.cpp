#include <operate/detail/page_walk.hpp>
#include <operate/error.hpp>

#include "core/exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace {

using operate::detail::PageWalk;

operate::detail::AnswerOrigin origin() {
  auto exchange = std::make_shared<operate::core::Exchange>();
  exchange->key =
      std::make_shared<const operate::core::ApiKey>("sk_test_0123456789", "the test", "a setting");
  return {exchange};
}

// How many items are taken of a page that begins at the offset that is due, where nothing but offsets counts.
std::size_t accept(PageWalk& walk, const operate::Pagination& page, std::size_t items,
                   std::size_t fingerprint) {
  const auto runs = walk.accept(walk.next().value(), page, {items, fingerprint, {}}, origin());
  EXPECT_TRUE(runs.empty() || (runs.size() == 1 && runs[0].begin == 0));
  return runs.empty() ? 0 : runs[0].end;
}

operate::ListAllOptions by_offsets(int size, std::int64_t offset = 0, std::optional<std::int64_t> most = {}) {
  operate::ListAllOptions options{size, offset, most};
  options.complete_under_change = false;
  return options;
}

TEST(PageWalkTest, GoesOnByTheItemsThatCameUntilTheTotal) {
  PageWalk walk(by_offsets(50));
  EXPECT_EQ(walk.next()->limit, 50);
  EXPECT_EQ(accept(walk, {73, 25, 0}, 25, 1), 25u);  // The server applied a smaller limit.
  EXPECT_EQ(walk.next()->limit, 50);
  EXPECT_EQ(walk.next()->offset, 25);
  EXPECT_EQ(accept(walk, {73, 50, 25}, 48, 2), 48u);
  EXPECT_FALSE(walk.next());
  EXPECT_EQ(walk.offset(), 73);
}

TEST(PageWalkTest, MaxItemsAsksForNoItemAndNoPageTooMany) {
  EXPECT_FALSE(PageWalk(by_offsets(50, 0, 0)).next());
  PageWalk walk(by_offsets(50, 0, 60));
  EXPECT_EQ(accept(walk, {500, 50, 0}, 50, 1), 50u);
  EXPECT_EQ(walk.next()->limit, 10);
  EXPECT_EQ(walk.next()->offset, 50);
  EXPECT_EQ(accept(walk, {500, 50, 50}, 50, 2), 10u);  // The server ignored the limit.
  EXPECT_FALSE(walk.next());
  EXPECT_EQ(walk.offset(), 60);
}

TEST(PageWalkTest, AnEmptyListAndAnOffsetBehindTheEndAreComplete) {
  PageWalk empty({});
  EXPECT_EQ(accept(empty, {0, 50, 0}, 0, 1), 0u);
  EXPECT_FALSE(empty.next());
  PageWalk behind({50, 80, {}});
  EXPECT_EQ(accept(behind, {73, 50, 80}, 0, 1), 0u);
  EXPECT_FALSE(behind.next());
}

TEST(PageWalkTest, RefusesPagesThatDoNotAdvanceAndListsThatEndTooEarly) {
  PageWalk walk(by_offsets(25));
  accept(walk, {73, 25, 0}, 25, 1);
  EXPECT_THROW(accept(walk, {73, 25, 0}, 25, 2), operate::DecodeError);   // The offset was ignored.
  EXPECT_THROW(accept(walk, {73, 25, 25}, 25, 1), operate::DecodeError);  // And only echoed.
  EXPECT_THROW(accept(walk, {73, 25, 25}, 0, 2), operate::DecodeError);
  EXPECT_EQ(walk.offset(), 25);  // What was refused changed nothing.
  EXPECT_EQ(accept(walk, {73, 25, 25}, 25, 2), 25u);
}

TEST(PageWalkTest, OffsetsDoNotOverflow) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  PageWalk walk({50, most - 1, {}});
  EXPECT_THROW(accept(walk, {most, 50, most - 1}, 2, 1), operate::DecodeError);
}

// A walk through lists of numbers, with the windows that it asks for and what it takes of them.
class OverlapTest : public testing::Test {
 protected:
  using Numbers = std::vector<operate::detail::ItemKey>;

  static Numbers from_to(operate::detail::ItemKey begin, operate::detail::ItemKey end) {
    Numbers numbers(end - begin);
    std::iota(numbers.begin(), numbers.end(), begin);
    return numbers;
  }
  static operate::detail::PageContent content(const Numbers& items) {
    return {items.size(),
            std::accumulate(items.begin(), items.end(), std::size_t{1},
                            [](auto hash, auto item) { return hash * 31 + item; }),
            items};
  }
  static std::string asked(const PageWalk& walk) {
    const auto window = walk.next();
    return window ? std::to_string(window->limit) + " from " + std::to_string(window->offset) : "nothing";
  }
  // What is taken of these items, which stand at the offset that is asked for.
  static Numbers take(PageWalk& walk, std::int64_t total, const Numbers& items) {
    const auto window = walk.next().value();
    Numbers taken;
    for (const auto& run :
         walk.accept(window, {total, window.limit, window.offset}, content(items), origin()))
      taken.insert(taken.end(), items.begin() + static_cast<std::ptrdiff_t>(run.begin),
                   items.begin() + static_cast<std::ptrdiff_t>(run.end));
    return taken;
  }
  static std::string refusal(PageWalk& walk, std::int64_t total, const Numbers& items) {
    try {
      take(walk, total, items);
      return "";
    } catch (const operate::DecodeError& error) {
      return error.what();
    }
  }
};

TEST_F(OverlapTest, EveryWindowButTheFirstBeginsWithTheItemThatCameLast) {
  PageWalk walk({10, 0, {}});
  EXPECT_EQ(asked(walk), "10 from 0");
  EXPECT_EQ(take(walk, 25, from_to(0, 10)), from_to(0, 10));
  EXPECT_EQ(asked(walk), "11 from 9");
  EXPECT_EQ(take(walk, 25, from_to(9, 20)), from_to(10, 20));
  EXPECT_EQ(asked(walk), "11 from 19");
  EXPECT_EQ(take(walk, 25, from_to(19, 25)), from_to(20, 25));
  EXPECT_EQ(asked(walk), "nothing");
  EXPECT_EQ(walk.offset(), 25);
}

TEST_F(OverlapTest, KeepsToTheLargestLimitAndToMaxItems) {
  PageWalk walk({100, 50, 200});
  EXPECT_EQ(asked(walk), "100 from 50");
  take(walk, 500, from_to(50, 150));
  EXPECT_EQ(asked(walk), "100 from 149");
  EXPECT_EQ(take(walk, 500, from_to(149, 249)), from_to(150, 249));
  EXPECT_EQ(asked(walk), "2 from 248");
  EXPECT_EQ(take(walk, 500, from_to(248, 260)), from_to(249, 250));  // The server ignored the limit.
  EXPECT_EQ(asked(walk), "nothing");
  EXPECT_EQ(walk.offset(), 250);
}

TEST_F(OverlapTest, ItemsThatComeInFrontAreNotTakenForThoseThatAreDue) {
  PageWalk walk({3, 0, {}});
  take(walk, 6, {1, 2, 3});
  EXPECT_EQ(take(walk, 8, {1, 2, 3, 4}), (Numbers{4}));
  EXPECT_EQ(walk.offset(), 6);  // As the server counts now.
  EXPECT_EQ(take(walk, 8, {4, 5, 6}), (Numbers{5, 6}));
  EXPECT_EQ(asked(walk), "nothing");
}

TEST_F(OverlapTest, AListThatGrowsInFrontBeforeEveryPageHasAnEnd) {
  PageWalk walk({3, 0, {}});
  take(walk, 4, {11, 12, 13});
  EXPECT_EQ(take(walk, 5, {12, 13, 14}), (Numbers{14}));
  EXPECT_EQ(asked(walk), "nothing");  // 14 stands one place behind where it did, and the list has one more.

  // Where the list has not grown, the same page could be what a server shows for any offset.
  PageWalk moved({3, 0, {}});
  take(moved, 4, {11, 12, 13});
  EXPECT_EQ(take(moved, 4, {12, 13}), (Numbers{}));
  EXPECT_EQ(asked(moved), "4 from 3");
}

TEST_F(OverlapTest, AListWhoseLastItemGoesWheneverOneComesInFrontHasAnEnd) {
  PageWalk walk({10, 0, {}});
  operate::detail::ItemKey first = 1'000;
  int requests = 0;
  for (; walk.next() && requests < 100; ++requests, --first) {
    const auto begin = first + static_cast<operate::detail::ItemKey>(walk.next()->offset);
    take(walk, 73, from_to(begin, std::min(first + 73, begin + static_cast<unsigned>(walk.next()->limit))));
  }
  EXPECT_FALSE(walk.next());
  EXPECT_LT(requests, 20);
}

TEST_F(OverlapTest, AListThatGrowsAsFastAsItIsReadEndsInAnErrorThatSaysSo) {
  PageWalk walk({1, 0, {}});
  operate::detail::ItemKey first = 1'000;
  std::int64_t total = 60;
  std::string error;
  for (int requests = 0; error.empty() && requests < 200; ++requests, --first, ++total) {
    const auto begin = first + static_cast<operate::detail::ItemKey>(walk.next()->offset);
    error = refusal(walk, total, from_to(begin, begin + static_cast<unsigned>(walk.next()->limit)));
  }
  EXPECT_NE(error.find("the list grows in front as fast as it is read"), std::string::npos) << error;
  EXPECT_TRUE(walk.next());  // Whoever asks again goes on.
}

TEST_F(OverlapTest, AWayBackOverManyDeliveredItemsIsNoListThatGrows) {
  // 3,500 of 10,000 go between two requests: the place is found far behind where it was, and far in front of
  // it.
  PageWalk walk({50, 0, {}});
  const auto from = [&](operate::detail::ItemKey gone) {
    const auto window = *walk.next();
    const auto begin = gone + static_cast<operate::detail::ItemKey>(window.offset);
    return from_to(std::min<operate::detail::ItemKey>(begin, 20'000),
                   std::min<operate::detail::ItemKey>(begin + static_cast<unsigned>(window.limit), 20'000));
  };
  std::size_t came = 0;
  while (walk.offset() < 10'000) came += take(walk, 20'000, from(0)).size();
  while (walk.next()) came += take(walk, 16'500, from(3'500)).size();
  EXPECT_EQ(came, 20'000u);
}

TEST_F(OverlapTest, AServerThatStatesALowerLimitThanItAppliesIsAskedForWholeWindows) {
  PageWalk walk({10, 0, {}});
  walk.accept({10, 0}, {100, 1, 0}, content(from_to(0, 10)), origin());
  EXPECT_EQ(walk.after(*walk.next(), 100)->offset, 19);
  // Behind a window of one there is none but itself.
  PageWalk one({10, 0, {}});
  one.accept({10, 0}, {100, 1, 0}, content({0}), origin());
  EXPECT_FALSE(one.after(*one.next(), 100));
}

TEST_F(OverlapTest, WhereItemsWentTheWindowIsLookedForFurtherInFront) {
  PageWalk walk({3, 0, {}});
  take(walk, 7, {1, 2, 3});
  EXPECT_EQ(take(walk, 5, {5, 6, 7}), (Numbers{}));  // 1 and 2 went.
  EXPECT_EQ(walk.offset(), 3);
  EXPECT_EQ(asked(walk), "4 from 0");
  EXPECT_EQ(take(walk, 5, {3, 4, 5, 6}), (Numbers{4, 5, 6}));
  EXPECT_EQ(walk.offset(), 4);
  EXPECT_EQ(take(walk, 5, {6, 7}), (Numbers{7}));
  EXPECT_EQ(asked(walk), "nothing");
}

TEST_F(OverlapTest, WhereAllThatCameIsGoneTheFrontIsWhereToGoOn) {
  PageWalk walk({3, 0, {}});
  take(walk, 7, {1, 2, 3});
  EXPECT_EQ(take(walk, 4, {6, 7}), (Numbers{}));
  EXPECT_EQ(asked(walk), "4 from 0");
  EXPECT_EQ(take(walk, 4, {4, 5, 6, 7}), (Numbers{4, 5, 6}));  // A page is no larger than it was to be.
  EXPECT_EQ(take(walk, 4, {6, 7}), (Numbers{7}));
  EXPECT_EQ(asked(walk), "nothing");

  PageWalk emptied({3, 0, {}});
  take(emptied, 7, {1, 2, 3});
  EXPECT_EQ(take(emptied, 0, {}), (Numbers{}));
  EXPECT_EQ(asked(emptied), "nothing");
}

TEST_F(OverlapTest, AnItemThatMovedBehindThePlaceHidesNoneBeforeIt) {
  PageWalk walk({3, 0, {}});
  take(walk, 6, {1, 2, 3});
  EXPECT_EQ(take(walk, 6, {4, 1, 5, 6}), (Numbers{4, 5, 6}));
  EXPECT_EQ(asked(walk), "4 from 5");  // The end is not believed where items have moved.
  EXPECT_EQ(take(walk, 6, {6}), (Numbers{}));
  EXPECT_EQ(asked(walk), "nothing");
}

TEST_F(OverlapTest, AListThatBeganAtAnOffsetTakesNothingFromBeforeIt) {
  PageWalk walk({3, 2, {}});
  take(walk, 7, {3, 4, 5});
  EXPECT_EQ(take(walk, 10, {2, 3, 4, 5}), (Numbers{}));  // Three came in front.
  EXPECT_EQ(asked(walk), "4 from 7");
  EXPECT_EQ(take(walk, 10, {5, 6, 7}), (Numbers{6, 7}));
}

TEST_F(OverlapTest, AListThatBeganAtAnOffsetIsLookedForOnBothSidesUntilThatIsTooMuch) {
  PageWalk walk({3, 100, {}});
  take(walk, 1'000, from_to(100, 103));
  std::vector<std::string> windows;
  std::string error;
  while (error.empty()) {
    windows.push_back(asked(walk));
    error = refusal(walk, 1'000, from_to(5'000, 5'004));
  }
  EXPECT_NE(error.find("the list changed by more than can be followed"), std::string::npos) << error;
  EXPECT_EQ(windows.size(), 41u);
  windows.resize(5);
  EXPECT_EQ(windows,
            (std::vector<std::string>{"4 from 102", "4 from 100", "4 from 106", "4 from 96", "4 from 110"}));
  // Nothing is lost: whoever asks again goes on from the same place.
  EXPECT_EQ(walk.offset(), 103);
  EXPECT_EQ(asked(walk), "4 from 102");
  EXPECT_EQ(take(walk, 1'000, from_to(102, 106)), from_to(103, 106));

  PageWalk small({3, 2, {}});
  take(small, 8, {3, 4, 5});
  EXPECT_EQ(refusal(small, 5, {8}), "");
  EXPECT_EQ(refusal(small, 5, {6, 7, 8}), "");
  EXPECT_EQ(asked(small), "4 from 0");
  EXPECT_NE(refusal(small, 5, {1, 2, 6, 7}).find("more than can be followed"), std::string::npos);
}

TEST_F(OverlapTest, AServerThatAnswersAtRandomIsFoundOut) {
  PageWalk walk({3, 0, {}});
  operate::detail::ItemKey random = 1;
  std::string error;
  int requests = 0;
  for (; error.empty() && requests < 1'000; ++requests, random += 10)
    error = refusal(walk, 1'000, from_to(random, random + 3));
  EXPECT_NE(error.find("more than can be followed"), std::string::npos) << error;
  EXPECT_LT(requests, 100);
}

TEST_F(OverlapTest, RefusesPagesThatDoNotAdvanceAndListsThatEndTooEarly) {
  PageWalk walk({25, 0, {}});
  take(walk, 73, from_to(0, 25));
  const auto window = walk.next().value();
  EXPECT_THROW(walk.accept(window, {73, 25, 0}, content(from_to(0, 25)), origin()), operate::DecodeError);
  EXPECT_NE(refusal(walk, 73, {}).find("is an empty page"), std::string::npos);
  // A server whose largest limit is 1 never shows what stands behind the item that is asked for first.
  EXPECT_NE(refusal(walk, 73, {24}).find("has nothing behind the item that was delivered last"),
            std::string::npos);
  EXPECT_EQ(walk.offset(), 25);
  EXPECT_EQ(take(walk, 73, from_to(24, 49)), from_to(25, 49));  // One that applies a smaller one does.
}

TEST_F(OverlapTest, AServerThatIgnoresTheOffsetAndOnlyEchoesItIsFoundOut) {
  // Wherever the total lies: at the end of what the pages claim to be, or far behind.
  for (const std::int64_t total : {49, 50, 73, 97, 100'000}) {
    PageWalk walk({25, 0, {}});
    std::string error;
    int requests = 0;
    for (; error.empty() && walk.next() && requests < 100; ++requests)
      error = refusal(walk, total, from_to(0, 25));
    EXPECT_NE(error.find(total < 100'000 ? "though the total is" : "is the same page as those before it"),
              std::string::npos)
        << total << ": " << error;
    EXPECT_LT(requests, 12);
  }
}

TEST_F(OverlapTest, WithoutIdsOrWithTheSameIdTwiceOnlyOffsetsCount) {
  const auto with_keys = [](const Numbers& keys) {
    auto page = content(from_to(0, 3));
    page.keys = keys;
    return page;
  };
  for (const Numbers& keys : {Numbers{}, Numbers{1, 2}, Numbers{1, 2, 1}}) {
    PageWalk walk({3, 0, {}});
    EXPECT_EQ(walk.accept({3, 0}, {7, 3, 0}, with_keys(keys), origin()).size(), 1u);
    EXPECT_EQ(asked(walk), "3 from 3");

    // Also from a later page on, which is then asked for once more as it is without the item before it.
    PageWalk later({3, 0, {}});
    take(later, 7, {10, 11, 12});
    EXPECT_TRUE(later.accept({4, 2}, {7, 4, 2}, with_keys(keys), origin()).empty());
    EXPECT_EQ(asked(later), "3 from 3");
    EXPECT_EQ(take(later, 7, {13, 14, 15}), (Numbers{13, 14, 15}));
  }
}

TEST_F(OverlapTest, KnowsTheWindowsThatFollowIfNothingChanges) {
  for (const bool complete : {true, false})
    for (const std::optional<std::int64_t> most :
         {std::optional<std::int64_t>{}, std::optional<std::int64_t>{17}}) {
      operate::ListAllOptions options{5, 2, most};
      options.complete_under_change = complete;
      PageWalk walk(options);
      std::vector<std::string> expected, came;
      for (auto at = walk.next(); at; at = walk.after(*at, 23))
        expected.push_back(std::to_string(at->limit) + " from " + std::to_string(at->offset));
      while (const auto window = walk.next()) {
        came.push_back(asked(walk));
        const auto begin = static_cast<operate::detail::ItemKey>(window->offset);
        take(walk, 23,
             from_to(begin,
                     std::min<operate::detail::ItemKey>(23, begin + static_cast<unsigned>(window->limit))));
        if (const auto next = walk.next()) {
          EXPECT_EQ(walk.after(*window, 23)->offset, next->offset);
          EXPECT_EQ(walk.after(*window, 23)->limit, next->limit);
        }
      }
      EXPECT_EQ(expected, came);
    }
  // A server that applies a smaller limit shows it with its first page.
  PageWalk walk({50, 0, {}});
  EXPECT_EQ(walk.accept({50, 0}, {100, 20, 0}, content(from_to(0, 20)), origin()).size(), 1u);
  EXPECT_EQ(walk.after(*walk.next(), 100)->offset, 38);
}

TEST(PageWalkTest, NamesTheOptionThatIsOutOfRange) {
  const auto field = [](operate::ListAllOptions options) -> std::string {
    try {
      PageWalk walk(options);
      return "";
    } catch (const operate::ValidationError& error) {
      return error.field();
    }
  };
  EXPECT_EQ(field({0, 0, {}}), "page_size");
  EXPECT_EQ(field({101, 0, {}}), "page_size");
  EXPECT_EQ(field({50, -1, {}}), "offset");
  EXPECT_EQ(field({50, 0, -1}), "max_items");
  EXPECT_EQ(field({1, 0, 0}), "");
  EXPECT_EQ(field({100, 0, {}}), "");
}

}  // namespace
