#include "company_sync.hpp"

#include <operate/testing/emulator.hpp>
#include <operate/testing/gtest.hpp>
#include <operate/testing/manual_clock.hpp>
#include <operate/testing/recording_transport.hpp>
#include <operate/testing/scripted_transport.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using operate::testing::AttemptsAre;
using operate::testing::Emulator;
using operate::testing::FaultKind;
using operate::testing::HasError;

namespace {

TEST(CompanySyncTest, KeepsAllNames) {
  Emulator emulator;
  CompanySync sync([&] { return operate::Client(emulator.config()); });
  sync.run();
  EXPECT_EQ(sync.names().size(), 73u);
  EXPECT_THAT(emulator.requests(), testing::SizeIs(2));
}

TEST(CompanySyncTest, KeepsWhatThereIsAtTheEnd) {
  Emulator emulator;
  CompanySync sync([&] { return operate::Client(emulator.config()); });
  sync.run();
  emulator.add_company(operate::JsonText(R"({"id":"new","name":"Newcomer"})"));
  sync.run();
  EXPECT_EQ(sync.names().at("new"), "Newcomer");
}

TEST(CompanySyncTest, GetsThroughABadHour) {
  Emulator emulator;
  const auto clock = std::make_shared<operate::testing::ManualClock>();
  operate::Config config = emulator.config();
  config.clock = clock;
  config.deadline = 2h;
  CompanySync sync([&] { return operate::Client(config); });

  emulator.fail_next({FaultKind::half_body});
  emulator.limit_next(1, 3600s);
  sync.run();

  EXPECT_EQ(sync.names().size(), 73u);
  EXPECT_THAT(clock->sleeps(), testing::Contains(testing::Ge(1h)));
}

TEST(CompanySyncTest, KeepsTheOldNamesWhereTheServerIsGone) {
  Emulator emulator;
  CompanySync sync([&] { return operate::Client(emulator.config()); });
  sync.run();
  emulator.fail_next({FaultKind::reset_after_status_line}, 3);
  EXPECT_THAT(operate::attempt([&] { sync.run(); }), HasError<operate::TransportError>(AttemptsAre(3)));
  EXPECT_EQ(sync.names().size(), 73u);
}

TEST(CompanySyncTest, GoesOnWithANewKey) {
  Emulator emulator;
  operate::Config config = emulator.config();
  config.api_key = operate::ApiKeySource::callback([&] { return emulator.api_key(); });
  const operate::Client client(config);
  CompanySync sync([&] { return client; });
  sync.run();
  emulator.rotate_api_key("a-new-key");
  sync.run();  // The same client asks for the key again.
  EXPECT_EQ(sync.names().size(), 73u);
}

TEST(CompanySyncTest, GivesUpWhereTheNewKeyIsNoBetter) {
  Emulator emulator;
  operate::Config config = emulator.config();
  config.api_key = emulator.expired_api_key();
  CompanySync sync([&] { return operate::Client(config); });
  EXPECT_THAT(operate::attempt([&] { sync.run(); }), HasError<operate::InvalidApiKeyError>());
  EXPECT_THAT(emulator.requests(), testing::SizeIs(2));
}

TEST(CompanySyncTest, AsksForNothingElse) {
  const auto script = std::make_shared<operate::testing::ScriptedTransport>();
  script->expect({"GET", "/companies/list", {{"offset", "0"}}},
                 operate::TransportResponse{200, {}, R"({"success": true, "data": {
                     "companies": [{"id": "7", "name": "Acme"}],
                     "pagination": {"total": 1, "limit": 50, "offset": 0}}})"});
  operate::Config config;
  config.api_key = "a-key";
  config.transport = script;
  CompanySync sync([&] { return operate::Client(config); });
  sync.run();
  EXPECT_EQ(sync.names().at("7"), "Acme");
  EXPECT_THAT(*script, operate::testing::IsFulfilled());
}

TEST(CompanySyncTest, DoesTheSameFromACassette) {
  const std::string cassette = testing::TempDir() + "company_sync_" + std::to_string(getpid()) + ".json";
  {
    Emulator emulator;
    operate::Config config = emulator.config();
    const auto recording =
        std::make_shared<operate::testing::RecordingTransport>(operate::libcurl_transport(config), cassette);
    config.transport = recording;
    CompanySync([&] { return operate::Client(config); }).run();
    recording->save();
  }
  const auto replay = std::make_shared<operate::testing::ReplayTransport>(cassette);
  operate::Config config;
  config.api_key = "any-key";
  config.transport = replay;
  CompanySync sync([&] { return operate::Client(config); });
  sync.run();
  EXPECT_EQ(sync.names().size(), 73u);
  EXPECT_THAT(*replay, operate::testing::IsFulfilled());
  std::remove(cassette.c_str());
}

}  // namespace
