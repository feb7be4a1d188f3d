#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/listing.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

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
  for (const std::string& second :
       {companies_page(73, 50, 0, 50), companies_page(73, 50, 50, 0), companies_page(73, 50, 40, 33)}) {
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
