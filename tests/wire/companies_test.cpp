#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/listing.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

using operate::Client;
using operate::test::companies_page;
using operate::test::thrown;
using operate::testing::Emulator;

TEST(CompaniesTest, ListsAPageWithAllItsMembers) {
  const Emulator emulator(operate::test::emulator_options());
  const Client client(emulator.config());
  const auto page = client.companies().list({25, 50});
  EXPECT_EQ(page.size(), 23u);
  EXPECT_EQ(page.pagination().total, 73);
  EXPECT_EQ(page.pagination().limit, 25);
  EXPECT_EQ(page.pagination().offset, 50);
  EXPECT_FALSE(page.has_more());
  EXPECT_EQ(page[0].id.size(), 36u);
  EXPECT_FALSE(page[0].name.empty());
  EXPECT_NE(page[0].raw.string("domain"), std::nullopt);
  EXPECT_NE(page[0].raw.integer("employees"), std::nullopt);
  EXPECT_EQ(client.companies().list().size(), 50u);
}

TEST(CompaniesTest, ListsAllOfThemOnce) {
  const Emulator emulator(operate::test::emulator_options());
  std::set<std::string> ids;
  for (const operate::Company& company : Client(emulator.config()).companies().list_all({10, 0, {}}))
    ids.insert(company.id);
  EXPECT_EQ(ids.size(), 73u);
}

operate::JsonText company(const std::string& id) {
  return operate::JsonText(R"({"id":")" + id + R"(","name":"Company"})");
}

// While the list is read, behind each page, companies come and go at every place: in front, before, at and
// behind the place, the last that was delivered among them. `LIST_SEEDS=N` reads so many lists.
TEST(CompaniesTest, NoneThatWasThereAllTheTimeIsMissedAndNoneComesTwice) {
  std::mt19937 random(20'261'125);
  const auto number = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  // What the hook works on outlives the emulator, on whose threads it may run when a list has ended.
  std::mutex mutex;
  std::vector<std::string> ids;
  std::set<std::string> throughout;
  std::string last;
  int next_id = 0, changes = 0;
  Emulator emulator(operate::test::emulator_options());
  const Client client(emulator.config());
  for (const auto& one : client.companies().list({100, 0})) ids.push_back(one.id);
  emulator.after_each_page([&](const auto&) {
    const std::lock_guard lock(mutex);
    if (changes == 0) return;
    for (int burst = number(0, 12); burst > 0 && changes > 0; --burst, --changes) {
      const int size = static_cast<int>(ids.size());
      const auto here = static_cast<int>(std::find(ids.begin(), ids.end(), last) - ids.begin());
      const int at = std::clamp(number(0, 2) == 0 ? number(0, size - 1) : here + number(-3, 3), 0, size - 1);
      if (size < 70 || number(0, 1) == 0) {
        ids.insert(ids.begin() + at, "new " + std::to_string(next_id++));
        emulator.add_company(company(ids[static_cast<std::size_t>(at)]), static_cast<std::size_t>(at));
      } else {
        emulator.remove_company(ids[static_cast<std::size_t>(at)]);
        throughout.erase(ids[static_cast<std::size_t>(at)]);
        ids.erase(ids.begin() + at);
      }
    }
  });
  const char* many = std::getenv("LIST_SEEDS");
  const int rounds = many ? std::atoi(many) : 40;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    // Also with pages that were fetched before the list changed.
    const int page_size = number(1, 30), prefetch = round % 2 == 0 ? 0 : number(1, 6);
    {
      const std::lock_guard lock(mutex);
      throughout = {ids.begin(), ids.end()};
      last.clear();
      changes = 30;
    }
    std::set<std::string> came;
    for (const auto& one : client.companies().list_all({page_size, 0, {}, prefetch})) {
      EXPECT_TRUE(came.insert(one.id).second) << one.id << " came twice.";
      const std::lock_guard lock(mutex);
      last = one.id;
    }
    const std::lock_guard lock(mutex);
    changes = 0;
    EXPECT_TRUE(std::includes(came.begin(), came.end(), throughout.begin(), throughout.end()));
  }
}

TEST(CompaniesTest, AListThatGrowsWithEveryRequestEnds) {
  for (const int prefetch : {0, 4}) {
    std::atomic<int> added{0};
    operate::CancellationSource stop;
    Emulator emulator(operate::test::emulator_options());
    const Client client(emulator.config());
    emulator.after_each_page([&](const auto&) {
      emulator.add_company(company("new " + std::to_string(added++)), std::size_t{0});
      if (added == 60) stop.cancel();
    });
    operate::RequestOptions options;
    options.cancel = stop.token();
    std::set<std::string> came;
    for (const auto& one : client.companies().list_all({10, 0, {}, prefetch}, options)) came.insert(one.id);
    EXPECT_EQ(came.size(), 73u);
  }
}

TEST(CompaniesTest, EachPageIsAskedForWithTheOneBeforeIt) {
  Emulator emulator(operate::test::emulator_options());
  const Client client(emulator.config());
  const auto asked = [&](bool complete) {
    emulator.clear_requests();
    operate::ListAllOptions options{30, 0, 65};
    options.complete_under_change = complete;
    EXPECT_EQ(client.companies().list_all(options).to_vector().size(), 65u);
    std::string all;
    for (const auto& request : emulator.requests())
      all += request.parameter("limit") + " from " + request.parameter("offset") + "; ";
    return all;
  };
  EXPECT_EQ(asked(true), "30 from 0; 31 from 29; 6 from 59; ");
  EXPECT_EQ(asked(false), "30 from 0; 30 from 30; 5 from 60; ");
}

TEST(CompaniesTest, PagesAndPositionsAreThoseOfTheListAsItIsNow) {
  auto options = operate::test::emulator_options();
  options.companies = 12;
  Emulator emulator(options);
  const auto all = Client(emulator.config()).companies().list_all({4, 0, {}});
  std::string places;
  for (const auto& page : all.pages()) {
    places += std::to_string(page.pagination().offset) + " to " + std::to_string(page.next_offset()) +
              " of " + std::to_string(page.pagination().total) + " at " + std::to_string(all.position()) +
              "; ";
    if (page.pagination().offset == 0) emulator.add_company(company("new"), 0);
  }
  // The second page holds one that was delivered, since all stand one further behind.
  EXPECT_EQ(places, "0 to 4 of 12 at 0; 5 to 8 of 13 at 5; 8 to 12 of 13 at 8; 12 to 13 of 13 at 12; ");
  EXPECT_EQ(all.position(), 13);
}

TEST(CompaniesTest, WhereThePlaceIsLostTheErrorSaysSoAndTheListGoesOn) {
  auto options = operate::test::emulator_options();
  options.companies = 12;
  Emulator emulator(options);
  const Client client(emulator.config());
  const auto before = client.companies().list();
  const auto all = client.companies().list_all({2, 4, {}});
  auto at = all.begin();
  EXPECT_EQ(at->id, before[4].id);
  ++at;
  ++at;
  for (std::size_t i = 4; i < 6; ++i) emulator.remove_company(before[i].id);
  const auto error = thrown<operate::DecodeError>([&] { static_cast<void>(*at); });
  ASSERT_TRUE(error);
  EXPECT_NE(std::string(error->what()).find("the list changed by more than can be followed"),
            std::string::npos)
      << error->what();
  EXPECT_EQ(all.position(), 6);
  emulator.add_company(before[5].raw, 4);
  EXPECT_EQ(at->id, before[6].id);
  EXPECT_EQ(all.position(), 5);
}

TEST(CompaniesTest, RefusesOptionsBeforeAnythingIsSent) {
  operate::test::RawServer server([](operate::test::Connection&, int) {});
  const auto companies = Client(server.config()).companies();
  EXPECT_EQ(thrown<operate::ValidationError>([&] { companies.list({0, 0}); })->field(), "limit");
  EXPECT_EQ(thrown<operate::ValidationError>([&] { companies.list({101, 0}); })->field(), "limit");
  EXPECT_EQ(thrown<operate::ValidationError>([&] { companies.list({50, -1}); })->field(), "offset");
  EXPECT_EQ(thrown<operate::ValidationError>([&] { companies.list_all({0, 0, {}}); })->field(), "page_size");
  operate::RequestOptions bad;
  bad.headers = {{"x-api-key", "other"}};
  EXPECT_EQ(thrown<operate::ValidationError>([&] { companies.list({}, bad); })->field(), "headers[0]");
  EXPECT_EQ(server.connections(), 0);
}

TEST(CompaniesTest, PagesThatDoNotAdvanceAndAListThatStopsShortEndInAnError) {
  for (const std::string& second : {companies_page(73, 50, 0, 50), companies_page(73, 50, 49, 0),
                                    companies_page(73, 50, 40, 33), companies_page(73, 1, 49, 1)}) {
    operate::test::RawServer server([&](operate::test::Connection& connection, int) {
      for (int request = 0; connection.read_request(); ++request)
        connection.answer(200, request == 0 ? companies_page(73, 50, 0, 50) : second);
    });
    const auto all = Client(server.config()).companies().list_all();
    const auto error = thrown<operate::DecodeError>([&] { all.to_vector(); });
    ASSERT_TRUE(error) << second.substr(0, 80);
    EXPECT_EQ(error->body(), second);
    EXPECT_EQ(error->attempts().size(), 1u);
    EXPECT_NE(std::string(error->what()).find("GET /companies/list"), std::string::npos) << error->what();
    EXPECT_EQ(all.position(), 0);  // What was read before is still there.
  }
}

TEST(CompaniesTest, ReportsTheLimitAndOffsetThatTheServerApplied) {
  operate::test::RawServer server([&](operate::test::Connection& connection, int) {
    while (connection.read_request()) connection.answer(200, companies_page(200, 7, 3, 7));
  });
  const auto page = Client(server.config()).companies().list({50, 0});
  EXPECT_EQ(page.pagination().limit, 7);
  EXPECT_EQ(page.next_offset(), 10);
  EXPECT_EQ(operate::Page<int>({}, {0, 0, -1}).next_offset(), -1);
  EXPECT_TRUE(page.has_more());
}

TEST(CompaniesTest, AWrongAnswerIsADecodeErrorThatKeepsTheBody) {
  const std::string whole = companies_page(1, 50, 0, 1);
  for (
      const std::string& body :
      {std::string("<!doctype html><title>Log in</title>"), std::string(R"({"success":true})"),
       whole.substr(0, whole.size() / 2), whole + "]", std::string(100'000, '['),
       std::string(
           R"({"success":true,"data":{"companies":[{"id":1}],"pagination":{"total":1,"limit":1,"offset":0}}})"),
       std::string("{\"success\":true,\"data\":\"\xff\"}")}) {
    operate::test::RawServer server([&](operate::test::Connection& connection, int) {
      while (connection.read_request()) connection.answer(200, body);
    });
    const Client client(server.config());
    const auto error = thrown<operate::DecodeError>([&] { client.companies().list(); });
    ASSERT_TRUE(error) << body.substr(0, 80);
    EXPECT_EQ(error->body(), body.substr(0, 65'536));
    EXPECT_EQ(error->attempts().size(), 1u);
  }
}

TEST(CompaniesTest, OutliveTheirClient) {
  const Emulator emulator(operate::test::emulator_options());
  const auto range = Client(emulator.config()).companies().list_all({50, 0, 60});
  EXPECT_EQ(range.to_vector().size(), 60u);
}

TEST(CompaniesTest, WorksAfterAMove) {
  const Emulator emulator(operate::test::emulator_options());
  auto companies = Client(emulator.config()).companies();
  const auto other = std::move(companies);
  EXPECT_EQ(companies.list().size(), other.list().size());
  const auto range = companies.list_all();
  auto pages = range.pages();
  const auto same = std::move(pages);
  EXPECT_EQ((*pages.begin()).size(), 50u);
}

}  // namespace
