#include <operate/detail/page_walk.hpp>
#include <operate/error.hpp>

#include "core/exchange.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>

namespace {

using operate::detail::PageWalk;

operate::detail::AnswerOrigin origin() {
  auto exchange = std::make_shared<operate::core::Exchange>();
  exchange->key = std::make_shared<const operate::core::ApiKey>("sk_test_0123456789", "the test");
  return {exchange};
}

operate::ListAllOptions pages_of(int size, std::optional<std::int64_t> most = {}) { return {size, 0, most}; }

TEST(PageWalkTest, GoesOnByTheItemsThatCameUntilTheTotal) {
  PageWalk walk(pages_of(50));
  EXPECT_EQ(walk.next()->limit, 50);
  EXPECT_EQ(walk.accept({73, 25, 0}, 25, 1, origin()), 25u);  // The server applied a smaller limit.
  EXPECT_EQ(walk.next()->offset, 25);
  EXPECT_EQ(walk.accept({73, 50, 25}, 48, 2, origin()), 48u);
  EXPECT_FALSE(walk.next());
  EXPECT_EQ(walk.offset(), 73);
}

TEST(PageWalkTest, MaxItemsAsksForNoItemAndNoPageTooMany) {
  EXPECT_FALSE(PageWalk(pages_of(50, 0)).next());
  PageWalk walk(pages_of(50, 60));
  EXPECT_EQ(walk.accept({500, 50, 0}, 50, 1, origin()), 50u);
  EXPECT_EQ(walk.next()->limit, 10);
  EXPECT_EQ(walk.accept({500, 50, 50}, 50, 2, origin()), 10u);  // The server ignored the limit.
  EXPECT_FALSE(walk.next());
  EXPECT_EQ(walk.offset(), 60);
}

TEST(PageWalkTest, AnEmptyListAndAnOffsetBehindTheEndAreComplete) {
  PageWalk empty(pages_of(50));
  EXPECT_EQ(empty.accept({0, 50, 0}, 0, 1, origin()), 0u);
  EXPECT_FALSE(empty.next());
  PageWalk behind({50, 80, {}});
  EXPECT_EQ(behind.accept({73, 50, 80}, 0, 1, origin()), 0u);
  EXPECT_FALSE(behind.next());
}

TEST(PageWalkTest, RefusesPagesThatDoNotAdvanceAndListsThatEndTooEarly) {
  PageWalk walk(pages_of(25));
  walk.accept({73, 25, 0}, 25, 1, origin());
  EXPECT_THROW(walk.accept({73, 25, 0}, 25, 2, origin()), operate::DecodeError);   // The offset was ignored.
  EXPECT_THROW(walk.accept({73, 25, 25}, 25, 1, origin()), operate::DecodeError);  // And only echoed.
  EXPECT_THROW(walk.accept({73, 25, 25}, 0, 2, origin()), operate::DecodeError);
  EXPECT_EQ(walk.offset(), 25);  // What was refused changed nothing.
  EXPECT_EQ(walk.accept({73, 25, 25}, 25, 2, origin()), 25u);
}

TEST(PageWalkTest, OffsetsDoNotOverflow) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  PageWalk walk({50, most - 1, {}});
  EXPECT_THROW(walk.accept({most, 50, most - 1}, 2, 1, origin()), operate::DecodeError);
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
