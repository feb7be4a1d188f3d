#include <operate/operate.hpp>
#include <operate/resource.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/listing.hpp"
#include "support/raw_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace {

using operate::Client;
using operate::Company;
using operate::test::companies_page;
using operate::test::Connection;
using operate::test::RawServer;
using operate::testing::Emulator;

int number_behind(const std::string& request, const std::string& name) {
  return std::stoi(request.substr(request.find(name + "=") + name.size() + 1));
}

// Waits until that many calls have ended, whichever way or as cancelled ones.
class Ends : public operate::Observer {
 public:
  enum class Which { all, cancelled };
  Ends(Which which, int count) : which_(which), left_(count) {}
  void on(const operate::Event& event) override {
    if (event.kind != operate::EventKind::result) return;
    if (which_ == Which::cancelled && !dynamic_cast<const operate::CancelledError*>(event.error)) return;
    if (--left_ == 0) reached_.set_value();
  }
  void wait() { reached_.get_future().get(); }

 private:
  const Which which_;
  std::atomic<int> left_;
  std::promise<void> reached_;
};

// A list of companies that shows how many pages are asked for at a time, and keeps them back until it is let
// go.
class PrefetchTest : public testing::Test {
 protected:
  ~PrefetchTest() override { let_go(); }

  int total = 40;

  void keep_back(int from_offset) {
    const std::lock_guard lock(mutex_);
    kept_from_ = from_offset;
    changed_.notify_all();
  }
  void let_go() { keep_back(std::numeric_limits<int>::max()); }
  // The requests up to that one get a 429, those that are kept back already among them.
  void refuse(std::size_t up_to) {
    const std::lock_guard lock(mutex_);
    refused_up_to_ = up_to;
    changed_.notify_all();
  }
  void wait_until_asked_for(std::size_t pages) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return offsets_.size() >= pages; });
  }
  void wait_until_kept_back(int requests) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return kept_back_ >= requests; });
  }
  int kept_back() {
    const std::lock_guard lock(mutex_);
    return kept_back_;
  }
  std::multiset<int> offsets() {
    const std::lock_guard lock(mutex_);
    return offsets_;
  }

 private:
  void serve(Connection& connection) {
    while (const auto request = connection.read_request()) {
      const int limit = number_behind(*request, "limit"), offset = number_behind(*request, "offset");
      bool refused = false;
      {
        std::unique_lock lock(mutex_);
        offsets_.insert(offset);
        const std::size_t number = offsets_.size();
        ++kept_back_;
        changed_.notify_all();
        changed_.wait(lock, [&] {
          refused = offset >= kept_from_ && number <= refused_up_to_;
          return offset < kept_from_ || refused;
        });
        --kept_back_;
      }
      if (refused)
        connection.answer(429, "{}", "Retry-After: 0\r\n");
      else
        connection.answer(200, companies_page(total, limit, offset, std::clamp(total - offset, 0, limit)));
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multiset<int> offsets_;
  std::size_t refused_up_to_ = 0;
  int kept_from_ = std::numeric_limits<int>::max(), kept_back_ = 0;

 protected:
  RawServer server{[this](Connection& connection, int) { serve(connection); }};
  Client client{server.config()};
};

TEST_F(PrefetchTest, AsManyPagesAreOnTheirWayAsWereAllowed) {
  keep_back(1);
  auto companies = client.companies().list_all({5, 0, {}, 3});
  auto company = companies.begin();
  EXPECT_EQ(company->id, "id-0");
  wait_until_asked_for(4);
  // Each begins with the last item of the one before it.
  EXPECT_EQ(offsets(), (std::multiset<int>{0, 4, 9, 14}));
  let_go();
  int next = 0;
  for (; company != companies.end(); ++company) EXPECT_EQ(company->id, "id-" + std::to_string(next++));
  EXPECT_EQ(next, total);
  EXPECT_EQ(offsets(), (std::multiset<int>{0, 4, 9, 14, 19, 24, 29, 34}));
}

TEST_F(PrefetchTest, LeavingTheListEndsWhatIsUnderWay) {
  const auto cancelled = std::make_shared<Ends>(Ends::Which::cancelled, 4);
  auto config = server.config();
  config.observer = cancelled;
  const Client observed(config);
  keep_back(1);
  {
    auto companies = observed.companies().list_all({5, 0, {}, 4});
    EXPECT_EQ(companies.begin()->id, "id-0");
    wait_until_asked_for(5);
  }
  cancelled->wait();
}

TEST_F(PrefetchTest, RefusalsLowerTheNumberAndItRecovers) {
  total = 600;
  auto config = server.config();
  config.retry = {5, std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
  const Client retrying(config);
  keep_back(1);
  auto companies = retrying.companies().list_all({5, 0, {}, 8});
  EXPECT_EQ(companies.begin()->id, "id-0");
  wait_until_asked_for(9);
  refuse(9);
  // All eight are sent again, four of them at a time.
  wait_until_asked_for(13);
  EXPECT_EQ(retrying.companies().list({1, 0}).size(), 1u);
  EXPECT_EQ(kept_back(), 4);
  // After some that succeed, there are as many as before.
  keep_back(300);
  auto all = std::async(std::launch::async, [&] { return companies.to_vector(); });
  wait_until_kept_back(8);
  let_go();
  const auto items = all.get();
  ASSERT_EQ(items.size(), 600u);
  for (int i = 0; i < 600; ++i) EXPECT_EQ(items[static_cast<std::size_t>(i)].id, "id-" + std::to_string(i));
}

TEST_F(PrefetchTest, ACancelledListEndsBehindThePageThatIsRead) {
  const auto pages = std::make_shared<Ends>(Ends::Which::all, 8);
  auto config = server.config();
  config.observer = pages;
  const Client observed(config);
  const operate::CancellationSource stop;
  operate::RequestOptions options;
  options.cancel = stop.token();
  int items = 0;
  keep_back(1);
  const auto read = [&] {
    for (const Company& company : observed.companies().list_all({5, 0, {}, 7}, options)) {
      EXPECT_EQ(company.id, "id-" + std::to_string(items));
      if (++items != 3) continue;
      wait_until_asked_for(8);
      let_go();
      pages->wait();
      stop.cancel();
    }
  };
  EXPECT_THROW(read(), operate::CancelledError);
  EXPECT_EQ(items, 5);
}

TEST_F(PrefetchTest, AListNeedsNoPlaceAmongTheAsyncCalls) {
  auto config = server.config();
  config.max_async_calls = 2;
  const Client busy(config);
  keep_back(1000);
  auto one = busy.companies().list_async({1, 1000});
  auto other = busy.companies().list_async({1, 1001});
  wait_until_kept_back(2);
  EXPECT_EQ(busy.companies().list_all({5, 0, {}, 3}).to_vector().size(), 40u);
  let_go();
  EXPECT_TRUE(one.get().empty());
  EXPECT_TRUE(other.get().empty());
}

TEST_F(PrefetchTest, MaxItemsFetchesNoPageTooMany) {
  EXPECT_EQ(client.companies().list_all({5, 0, 12, 16}).to_vector().size(), 12u);
  EXPECT_EQ(offsets(), (std::multiset<int>{0, 4, 9}));
}

TEST_F(PrefetchTest, AUsersOwnResourceIsFetchedAheadToo) {
  keep_back(1);
  auto all = operate::list_all<operate::JsonText>(client, "/companies/list", "companies", {10, 0, {}, 2});
  EXPECT_EQ(all.begin()->string("id"), "id-0");
  wait_until_asked_for(3);
  let_go();
  EXPECT_EQ(all.to_vector().size(), 40u);
}

// The page fails ahead of its time, and again when it is due.
TEST(PrefetchedListTest, APageThatFailsLosesNothing) {
  std::atomic<bool> first{true};
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  config.retry.max_retries = 0;
  const Client client(config);
  auto companies = client.companies().list_all({10, 0, {}, 3});
  std::vector<std::string> ids;
  int failures = 0;
  emulator.after_each_page([&](const auto&) {
    if (!first.exchange(false)) return;
    for (int i = 0; i < 4; ++i) emulator.answer_next({503, {}, "", std::chrono::milliseconds(0)});
  });
  for (bool over = false; !over;) {
    try {
      for (const Company& company : companies) ids.push_back(company.id);
      over = true;
    } catch (const operate::ServerError&) {
      ASSERT_LT(++failures, 5);
    }
  }
  EXPECT_GT(failures, 0);
  EXPECT_EQ(ids.size(), 73u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 73u);
}

// What has failed while nobody asked for it is asked for again when it is due.
TEST(PrefetchFaultsTest, APageThatFailedAheadOfItsTimeIsFetchedOnceMore) {
  constexpr int total = 40;
  std::mutex mutex;
  std::multiset<int> offsets;
  RawServer server([&](Connection& connection, int) {
    while (const auto request = connection.read_request()) {
      const int limit = number_behind(*request, "limit"), offset = number_behind(*request, "offset");
      bool first = false;
      {
        const std::lock_guard lock(mutex);
        first = offsets.count(offset) == 0;
        offsets.insert(offset);
      }
      if (first && offset > 0)
        connection.answer(503, "");
      else
        connection.answer(200, companies_page(total, limit, offset, std::clamp(total - offset, 0, limit)));
    }
  });
  auto config = server.config();
  config.retry.max_retries = 0;
  operate::ListAllOptions options;
  options.page_size = 10;
  options.prefetch = 3;
  std::set<std::string> ids;
  for (const Company& company : Client(config).companies().list_all(options)) ids.insert(company.id);
  EXPECT_EQ(ids.size(), 40u);
  EXPECT_EQ(offsets, (std::multiset<int>{0, 9, 9, 19, 19, 29, 29}));
}

TEST(PrefetchFaultsTest, WhereThereIsNoPlaceForAPageItIsFetchedWhenItIsDue) {
  const Emulator emulator(operate::test::emulator_options());
  for (const auto when_full : {operate::WhenFull::wait, operate::WhenFull::fail}) {
    auto config = emulator.config();
    config.max_async_calls = 1;
    const Client client(config);
    operate::RequestOptions request_options;
    request_options.when_full = when_full;
    operate::ListAllOptions options;
    options.page_size = 10;
    options.prefetch = 4;
    std::set<std::string> ids;
    for (const Company& company : client.companies().list_all(options, request_options))
      ids.insert(company.id);
    EXPECT_EQ(ids.size(), 73u);
  }
}

}  // namespace
