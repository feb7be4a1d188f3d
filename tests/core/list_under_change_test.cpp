#include <operate/detail/page_walk.hpp>
#include <operate/error.hpp>

#include "core/exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

// Lists that change while they are walked through, against what PagedRange promises: a thousand, and in
// `./dev soak` many thousands. Seeds are fixed; `LIST_SEED=N` runs one list alone, `LIST_SEEDS=N` so many.

namespace {

using operate::ListOptions;
using operate::Pagination;
using operate::detail::PageContent;
using operate::detail::PageWalk;

operate::detail::AnswerOrigin response_origin() {
  auto exchange = std::make_shared<operate::core::Exchange>();
  exchange->key =
      std::make_shared<const operate::core::ApiKey>("sk_test_0123456789", "the test", "a setting");
  return {exchange};
}

using Items = std::vector<std::uint64_t>;

struct Answer {
  Pagination pagination;
  Items items;
};

// A list in a stable order, of which also earlier states can be seen, as pages that were fetched ahead are.
class Server {
 public:
  Server(std::size_t items, int largest_limit) : largest_limit_(largest_limit) {
    for (std::size_t i = 0; i < items; ++i) list_.push_back(next_id_++);
    throughout_ = list_;
  }

  void insert(std::size_t at) { list_.insert(list_.begin() + static_cast<std::ptrdiff_t>(at), next_id_++); }
  void remove(std::size_t at) {
    const auto id = list_[at];
    list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(at));
    throughout_.erase(std::remove(throughout_.begin(), throughout_.end(), id), throughout_.end());
  }
  const Items& list() const { return list_; }
  // Those of the first list that are still there, in order.
  const Items& throughout() const { return throughout_; }

  void keep_state() {
    states_.push_back(list_);
    if (states_.size() > 4) states_.pop_front();
  }
  Answer answer(const ListOptions& window, std::size_t age) const {
    const Items& list =
        age == 0 || states_.empty() ? list_ : states_[states_.size() - std::min(age, states_.size())];
    const auto total = static_cast<std::int64_t>(list.size());
    const auto limit = std::min(window.limit, largest_limit_);
    const auto begin = std::min(window.offset, total), end = std::min(begin + limit, total);
    return {{total, limit, window.offset}, Items(list.begin() + begin, list.begin() + end)};
  }

 private:
  int largest_limit_;
  std::uint64_t next_id_ = 1;
  Items list_, throughout_;
  std::deque<Items> states_;
};

PageContent content_of(const Items& items) {
  PageContent content;
  content.items = items.size();
  content.keys = items;
  for (const auto item : items) content.fingerprint = content.fingerprint * 31 + item;
  return content;
}

class Walk {
 public:
  // In all, at most a quarter as many items come and go as are remembered.
  explicit Walk(unsigned seed, std::size_t remembered = PageWalk::remembered_items)
      : random_(seed), remembered_(remembered) {
    const bool forgets = remembered < PageWalk::remembered_items;
    options_.page_size = forgets ? number(1, 30) : one_of({1, 2, 3, 7, 10, 25, 50, 99, 100, number(1, 100)});
    const int items =
        forgets ? number(0, 2'000) : one_of({0, 1, 2, number(0, 20), number(0, 200), number(0, 600)});
    if (number(0, 3) == 0) options_.offset = number(0, items + 3);
    if (number(0, 3) == 0) options_.max_items = number(0, items + 10);
    const bool small_pages = number(0, 3) == 0;
    server_.emplace(static_cast<std::size_t>(items), small_pages ? number(2, 100) : 100);
    busy_ = one_of({5, 30, 60, 100});
    largest_burst_ = one_of({1, 3, 20, 200});
    changes_end_after_ = number(5, 120);
    ahead_ = one_of({0, 0, 1, 2, 3});
    takes_any_ = number(0, 1) == 0;
    may_be_old_ = number(0, 1) == 0;
    is_calm_ = ahead_ == 0 && !may_be_old_ && !small_pages;
    begun_with_ = server_->list();
  }

  void run() {
    PageWalk walk(options_, remembered_);
    std::deque<std::pair<ListOptions, Answer>> fetched;
    int requests = 0, patience = 3;
    while (const auto wanted = walk.next()) {
      ASSERT_LT(++requests, 5'000) << "The list does not end.";
      ASSERT_TRUE(wanted->limit >= 1 && wanted->limit <= 100 && wanted->offset >= 0);
      if (options_.max_items)
        ASSERT_LE(wanted->limit, *options_.max_items - static_cast<std::int64_t>(delivered_.size()) + 1);
      // A page that was fetched ahead is taken where it is the one that is wanted, or in any case.
      if (!fetched.empty() && !takes_any_ &&
          (fetched.front().first.offset != wanted->offset || fetched.front().first.limit != wanted->limit))
        fetched.clear();
      if (fetched.empty()) fetched.emplace_back(*wanted, ask(*wanted));
      const auto [window, answer] = fetched.front();
      fetched.pop_front();

      std::vector<operate::detail::PageRun> runs;
      try {
        runs = walk.accept(window, answer.pagination, content_of(answer.items), response_origin());
      } catch (const operate::DecodeError& error) {
        // The place can be lost of a list that began at an offset, or has more than is remembered, which says
        // so and loses nothing.
        ASSERT_TRUE(options_.offset > 0 || delivered_.size() > remembered_) << error.what();
        const auto pages = static_cast<std::size_t>(options_.page_size) * 19;
        ASSERT_FALSE(is_calm_ && is_anything_there() && changes_since_accepted_ < pages) << error.what();
        ASSERT_NE(std::string(error.what()).find("more than can be followed"), std::string::npos)
            << error.what();
        if (--patience < 0) return;
        fetched.clear();
        continue;
      }
      looks_ = runs.empty();
      if (!looks_) changes_since_accepted_ = 0;
      if (looks_) fetched.clear();  // They may be of another place.
      std::size_t size = 0;
      for (const auto& run : runs) {
        ASSERT_LT(run.begin, run.end);
        size += run.end - run.begin;
        std::copy(answer.items.begin() + static_cast<std::ptrdiff_t>(run.begin),
                  answer.items.begin() + static_cast<std::ptrdiff_t>(run.end),
                  std::back_inserter(delivered_));
      }
      ASSERT_LE(size, static_cast<std::size_t>(options_.page_size));

      for (auto at = fetched.empty() ? walk.next()
                                     : walk.after(fetched.back().first, answer.pagination.total);
           at && fetched.size() < ahead_; at = walk.after(*at, answer.pagination.total))
        fetched.emplace_back(*at, ask(*at));
    }
    check();
  }

 private:
  Answer ask(const ListOptions& window) {
    if (asked_++ > 0) change();
    server_->keep_state();
    return server_->answer(window, may_be_old_ ? static_cast<std::size_t>(number(0, 3)) : 0);
  }

  void change() {
    if (asked_ > changes_end_after_ || number(1, 100) > busy_ || (is_calm_ && looks_)) return;
    const int where = number(0, 6), what = number(0, 3), burst = number(1, largest_burst_);
    const bool inserts = what == 0 || (what == 1 && number(0, 1) == 0);
    if (changes_ + static_cast<std::size_t>(burst) > remembered_ / 4) return;
    changes_ += static_cast<std::size_t>(burst);
    changes_since_accepted_ += static_cast<std::size_t>(burst);
    for (int i = 0; i < burst; ++i) {
      const auto size = server_->list().size();
      const bool insert = what == 3 ? number(0, 1) == 0 : inserts;
      const std::size_t at = place(where, size);
      if (insert)
        server_->insert(std::min(at, size));
      else if (at < size)
        server_->remove(at);
    }
  }

  // The front, before, the item that was delivered last itself, just behind, behind, the end, anywhere.
  std::size_t place(int where, std::size_t size) {
    const auto& list = server_->list();
    const auto last =
        delivered_.empty() ? list.begin() : std::find(list.begin(), list.end(), delivered_.back());
    const auto here = static_cast<std::size_t>(last - list.begin());
    const auto at_most = [&](std::size_t most) {
      return static_cast<std::size_t>(number(0, static_cast<int>(most)));
    };
    switch (where) {
      case 0:
        return 0;
      case 1:
        return here - std::min(here, at_most(5));
      case 2:
        return here;
      case 3:
        return here + 1;
      case 4:
        return here + at_most(60);
      case 5:
        return size - std::min<std::size_t>(size, 1);
      default:
        return at_most(size);
    }
  }

  bool is_anything_there() const {
    const auto& list = server_->list();
    return std::any_of(delivered_.begin(), delivered_.end(), [&](std::uint64_t id) {
      return std::find(list.begin(), list.end(), id) != list.end();
    });
  }

  void check() const {
    EXPECT_EQ(std::set<std::uint64_t>(delivered_.begin(), delivered_.end()).size(), delivered_.size())
        << "An item came twice.";
    // What was there all the time, from the offset on, came in its order, and all of it unless max_items
    // ended it.
    Items due, came;
    const auto& throughout = server_->throughout();
    const auto is_throughout = [&](std::uint64_t id) {
      return std::find(throughout.begin(), throughout.end(), id) != throughout.end();
    };
    for (auto i = static_cast<std::size_t>(options_.offset); i < begun_with_.size(); ++i)
      if (is_throughout(begun_with_[i])) due.push_back(begun_with_[i]);
    std::copy_if(delivered_.begin(), delivered_.end(), std::back_inserter(came), is_throughout);
    if (options_.max_items) {
      EXPECT_LE(delivered_.size(), static_cast<std::size_t>(*options_.max_items));
      if (delivered_.size() == static_cast<std::size_t>(*options_.max_items) && came.size() < due.size())
        due.resize(came.size());
    }
    EXPECT_EQ(came, due) << "An item was missed.";
  }

  int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  int one_of(std::initializer_list<int> these) {
    return *(these.begin() + number(0, static_cast<int>(these.size()) - 1));
  }

  std::mt19937 random_;
  std::size_t remembered_, changes_ = 0;
  operate::ListAllOptions options_;
  std::optional<Server> server_;
  int busy_, largest_burst_, changes_end_after_;
  std::size_t ahead_;
  bool takes_any_, may_be_old_;
  bool is_calm_;  // Every page is of its time, and nothing changes while the place is looked for.
  bool looks_ = false;
  std::size_t changes_since_accepted_ = 0;
  int asked_ = 0;
  Items begun_with_, delivered_;
};

void walk_through(unsigned lists, std::size_t remembered) {
  const char* one = std::getenv("LIST_SEED");
  const char* many = std::getenv("LIST_SEEDS");
  if (many) lists = static_cast<unsigned>(std::atoi(many));
  const unsigned begin = one ? static_cast<unsigned>(std::atoi(one)) : 0, end = one ? begin + 1 : lists;
  for (unsigned seed = begin; seed < end && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("LIST_SEED=" + std::to_string(seed));
    Walk(seed, remembered).run();
  }
}

TEST(ListUnderChangeTest, NothingThatWasThereAllTheTimeIsMissedAndNothingComesTwice) {
  walk_through(1'000, PageWalk::remembered_items);
}

TEST(ListUnderChangeTest, NorWhereOnlyTheLastItemsAreRemembered) { walk_through(60, 400); }

}  // namespace
