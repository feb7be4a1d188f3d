#include <operate/operate.hpp>
#include <operate/resource.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Deal {
  std::string id, identifier;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Deal, id, identifier)

using operate::Client;
using operate::test::thrown;
using operate::testing::EmulatorResponse;
using operate::testing::ReceivedRequest;

class ResourceTest : public testing::Test {
 protected:
  ResourceTest() {
    emulator.add_route("GET", "/deals/list", [](const ReceivedRequest& request) {
      int limit = 0, offset = 0;
      for (const auto& [name, value] : request.query) (name == "limit" ? limit : offset) = std::stoi(value);
      nlohmann::json deals = nlohmann::json::array();
      for (int i = offset; i < std::min(offset + limit, 5); ++i)
        deals.push_back({{"id", std::to_string(i)}, {"identifier", "DEAL-" + std::to_string(i)}});
      const nlohmann::json body = {
          {"success", true},
          {"data", {{"deals", deals}, {"pagination", {{"total", 5}, {"limit", limit}, {"offset", offset}}}}}};
      return EmulatorResponse{200, {}, body.dump(), {}};
    });
    emulator.add_route("POST", "/deals/create", [](const ReceivedRequest& request) {
      return EmulatorResponse{200, {}, R"({"success":true,"data":{"deal":)" + request.body + "}}", {}};
    });
  }
  operate::testing::Emulator emulator{operate::test::emulator_options()};
  const Client client{emulator.config()};
};

TEST_F(ResourceTest, ListsAStructOfTheUsers) {
  const auto page = operate::list<Deal>(client, "/deals/list", "deals", {2, 1});
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].identifier, "DEAL-1");
  EXPECT_EQ(page.pagination().total, 5);

  std::string ids;
  for (const Deal& deal : operate::list_all<Deal>(client, "/deals/list", "deals", {2, 0, {}})) ids += deal.id;
  EXPECT_EQ(ids, "01234");
  EXPECT_EQ(operate::list<operate::JsonText>(client, "/deals/list", "deals")[0].string("id"), "0");
  EXPECT_EQ(operate::list_all<nlohmann::json>(client, "/deals/list", "deals").to_vector().size(), 5u);
}

// The list of `ids`, each as JSON, of which the first is gone once a page was read.
std::string read(operate::testing::Emulator& emulator, const Client& client, std::vector<std::string> ids) {
  // The emulator calls a copy of the handler.
  const auto left = std::make_shared<std::vector<std::string>>(std::move(ids));
  emulator.add_route("GET", "/things/list", [left](const ReceivedRequest& request) {
    std::vector<std::string>& ids = *left;
    const auto limit = std::stoul(request.parameter("limit")),
               offset = std::stoul(request.parameter("offset"));
    std::string things;
    for (std::size_t i = offset; i < std::min(offset + limit, ids.size()); ++i)
      things += (i > offset ? R"(,{"id":)" : R"({"id":)") + ids[i] + "}";
    const std::string body = R"({"success":true,"data":{"things":[)" + things +
                             R"(],"pagination":{"total":)" + std::to_string(ids.size()) + R"(,"limit":)" +
                             std::to_string(limit) + R"(,"offset":)" + std::to_string(offset) + "}}}";
    if (offset == 0 && limit == 2) ids.erase(ids.begin());
    return EmulatorResponse{200, {}, body, {}};
  });
  std::string all;
  for (const auto& thing : operate::list_all<operate::JsonText>(client, "/things/list", "things", {2, 0, {}}))
    all += thing.text() + " ";
  return all;
}

TEST_F(ResourceTest, NoItemIsMissedWhereItsIdTellsItFromOthers) {
  const auto all_of = [](const std::vector<std::string>& ids) {
    std::string all;
    for (const auto& id : ids) all += R"({"id":)" + id + "} ";
    return all;
  };
  for (const std::vector<std::string>& ids :
       {std::vector<std::string>{R"("a")", R"("b")", R"("c")", R"("d")", R"("e")"},
        std::vector<std::string>{"1", R"("1")", "2", "3", "-4"},
        std::vector<std::string>{"18446744073709551614", "18446744073709551615", "1.5", "1.50", "1"}})
    EXPECT_EQ(read(emulator, client, ids), all_of(ids));
  // Ids that are none, and the same one twice: by offsets, one is missed as ever.
  EXPECT_EQ(read(emulator, client, {"null", "true", "{}", "[]", "null"}),
            all_of({"null", "true", "[]", "null"}));
  EXPECT_EQ(read(emulator, client, {"1", "1", "2", "3", "4"}), all_of({"1", "1", "3", "4"}));
}

TEST_F(ResourceTest, PostsAStructOfTheUsers) {
  EXPECT_EQ(operate::post<Deal>(client, "/deals/create", "deal", Deal{"7", "DEAL-7"}).identifier, "DEAL-7");
  EXPECT_EQ(
      operate::post<operate::JsonText>(client, "/deals/create", "deal", operate::JsonText("{ \"a\" :1.50}"))
          .text(),
      "{ \"a\" :1.50}");
  EXPECT_EQ(operate::post<nlohmann::json>(client, "/deals/create", "", nlohmann::json{{"a", 1}})["deal"]["a"],
            1);
}

TEST_F(ResourceTest, WithoutWaitingItIsTheSame) {
  auto page = operate::list_async<Deal>(client, "/deals/list", "deals", {2, 1});
  auto posted = operate::post_async<Deal>(client, "/deals/create", "deal", Deal{"9", "DEAL-9"});
  EXPECT_EQ(page.get()[1].identifier, "DEAL-2");
  EXPECT_EQ(posted.get().identifier, "DEAL-9");
  EXPECT_THROW(operate::list_async<Deal>(client, "/deals/list", "deals", {0, 0}).get(),
               operate::ValidationError);
  EXPECT_THROW(operate::post_async<Deal>(client, "/deals/create", "deal", operate::JsonText("{")).get(),
               operate::ValidationError);
  EXPECT_THROW(operate::post_async<Deal>(client, "/deals/create", "deal", nlohmann::json::object()).get(),
               operate::DecodeError);
}

// Remembers how the last call ended.
class LastResult : public operate::Observer {
 public:
  void on(const operate::Event& event) override {
    if (event.kind == operate::EventKind::result) succeeded = event.succeeded;
  }
  std::optional<bool> succeeded;
};

TEST_F(ResourceTest, WhatTheStructDoesNotReadIsAFailureToObserversToo) {
  const auto last = std::make_shared<LastResult>();
  auto config = emulator.config();
  config.observer = last;
  const Client observed(config);
  EXPECT_THROW((operate::list<std::vector<int>>(observed, "/deals/list", "deals")), operate::DecodeError);
  EXPECT_EQ(last->succeeded, false);
  EXPECT_THROW((operate::post<Deal>(observed, "/deals/create", "deal", nlohmann::json::object())),
               operate::DecodeError);
  EXPECT_EQ(last->succeeded, false);
  operate::list<Deal>(observed, "/deals/list", "deals");
  EXPECT_EQ(last->succeeded, true);
}

struct Note {
  std::string author;
};
// A note whose payload is JSON in a string, and whose author is looked up by name.
void from_json(const nlohmann::json& json, Note& note) {
  if (json.contains("payload"))
    note.author = nlohmann::json::parse(json.at("payload").get<std::string>()).at("who");
  if (json.contains("name")) note.author = nlohmann::json::object().at(json.at("name").get<std::string>());
}

TEST_F(ResourceTest, AMessageQuotesNothingThatIsEscapedInTheItem) {
  for (const char* item :
       {R"({"payload":"{\"who\":\"J\u00f6rg M\u00fcller"})", R"({"name":"J\u00f6rg M\u00fcller"})"}) {
    const auto error = thrown<operate::DecodeError>(
        [&] { operate::post<Note>(client, "/deals/create", "deal", operate::JsonText(item)); });
    ASSERT_TRUE(error);
    EXPECT_EQ(std::string(error->what()).find("rg M"), std::string::npos) << error->what();
  }
}

TEST_F(ResourceTest, WhatTheStructDoesNotReadIsADecodeError) {
  const auto listed =
      thrown<operate::DecodeError>([&] { operate::list<Deal>(client, "/companies/list", "companies"); });
  EXPECT_NE(std::string(listed->what()).find("identifier"), std::string::npos) << listed->what();
  EXPECT_FALSE(listed->may_have_been_applied());
  const auto posted = thrown<operate::DecodeError>([&] {
    operate::post<Deal>(client, "/deals/create", "deal", nlohmann::json{{"id", "1"}});
  });
  EXPECT_TRUE(posted->may_have_been_applied());
  EXPECT_TRUE(thrown<operate::DecodeError>([&] {
                operate::post<Deal>(client, "/deals/create", "offer", Deal{"7", "x"});
              })->may_have_been_applied());
}

struct Amount {
  long cents = 0;
};
void from_json(const nlohmann::json& json, Amount& amount) {
  amount.cents = std::stol(json.at("id").get<std::string>());
}

struct Stage {};
void from_json(const nlohmann::json& json, Stage&) {
  (void)nlohmann::json::object().at(json.at("identifier").get<std::string>());
}

TEST_F(ResourceTest, AMessageDoesNotQuoteTheItem) {
  const auto error =
      thrown<operate::DecodeError>([&] { operate::list<Stage>(client, "/deals/list", "deals"); });
  EXPECT_EQ(std::string(error->what()).find("DEAL-0"), std::string::npos) << error->what();
}

TEST_F(ResourceTest, AnyExceptionOfFromJsonIsADecodeErrorThatKnowsOfThePost) {
  const auto error = thrown<operate::DecodeError>([&] {
    operate::post<Amount>(client, "/deals/create", "deal", nlohmann::json{{"id", "secret"}});
  });
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_EQ(std::string(error->what()).find("stol"), std::string::npos);
}

TEST_F(ResourceTest, ABodyThatIsNoJsonIsRefused) {
  EXPECT_EQ(thrown<operate::ValidationError>([&] {
              operate::post<Deal>(client, "/deals/create", "deal", Deal{"\xff", ""});
            })->field(),
            "body");
  for (const char* bad : {"", "{", "{}x", "\"\xff\""})
    EXPECT_EQ(thrown<operate::ValidationError>([&] {
                operate::post<Deal>(client, "/deals/create", "deal", operate::JsonText(bad));
              })->field(),
              "body")
        << bad;
}

TEST(JsonTest, ParsesTheTextOfAnItem) {
  EXPECT_EQ(operate::parse(operate::JsonText(R"({"a":[1]})"))["a"][0], 1);
  EXPECT_TRUE(operate::parse(operate::JsonText()).is_null());
}

}  // namespace
