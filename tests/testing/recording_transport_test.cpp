#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>
#include <operate/testing/recording_transport.hpp>

#include "support/emulator_options.hpp"
#include "support/listing.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace {

using operate::Client;
using operate::TransportFailure;
using operate::TransportResponse;
using operate::test::thrown;
using operate::testing::RecordingTransport;
using operate::testing::ReplayTransport;
using operate::testing::ScriptedTransport;
using operate::testing::UnexpectedRequest;

struct CassetteTest : testing::Test {
  // What a service does, told as a text.
  static std::string run(const operate::Config& config) {
    const Client client(config);
    std::string told = std::to_string(client.companies().list_all().to_vector().size());
    operate::NewPerson person;
    person.emails = {"ada@example.com"};
    person.full_name = "Ada Lovelace";
    told += client.people().create(person).full_name;
    const auto missing = operate::attempt([&] {
      return client.call({"GET", "/nothing", {{"q", "a b"}}, ""});
    });
    return told + dynamic_cast<const operate::NotFoundError&>(missing.error()).message();
  }
  operate::Config replaying(const std::string& path) {
    operate::Config config;
    config.api_key = "another-key";
    config.transport = replay = std::make_shared<ReplayTransport>(path);
    config.clock = std::make_shared<operate::testing::ManualClock>();
    return config;
  }
  // The cassette of what the script answers while the calls are made.
  template <class F>
  std::string recorded(const F& calls) {
    operate::Config config;
    config.api_key = "sk_test_sentinel";
    config.clock = std::make_shared<operate::testing::ManualClock>();
    config.transport = std::make_shared<RecordingTransport>(script, path);
    calls(Client(config));
    config.transport.reset();
    return folder.read("calls.json");
  }

  operate::test::TemporaryFolder folder;
  const std::string path = folder.path("calls.json");
  std::shared_ptr<ScriptedTransport> script = std::make_shared<ScriptedTransport>();
  std::shared_ptr<ReplayTransport> replay;
};

TEST_F(CassetteTest, WhatWasRecordedIsPlayedWithoutANetwork) {
  std::optional<operate::testing::Emulator> emulator(operate::test::emulator_options());
  operate::Config config = emulator->config();
  config.transport = std::make_shared<RecordingTransport>(operate::libcurl_transport(config), path);
  const std::string told = run(config);
  std::static_pointer_cast<RecordingTransport>(config.transport)->save();
  const std::string key = emulator->api_key();
  config.transport.reset();
  emulator.reset();
  EXPECT_EQ(folder.read("calls.json").find(key.substr(5)), std::string::npos);
  EXPECT_EQ(run(replaying(path)), told);
  EXPECT_EQ(replay->problems(), "");
}

TEST_F(CassetteTest, FailuresAreRecordedToo) {
  TransportFailure failure{operate::TransportErrorKind::timeout, operate::TimeLimit::stall};
  failure.message = "silence";
  script->expect({}, failure);
  script->expect({}, TransportResponse{503, {{"Retry-After", "7"}, {"x-secret", "s"}}, "busy"});
  script->expect({}, operate::testing::connection_refused());
  const std::string text = recorded(
      [](const Client& client) { thrown<operate::TransportError>([&] { client.companies().list(); }); });
  EXPECT_EQ(text.find("x-secret"), std::string::npos) << text;
  operate::Config config = replaying(path);
  const auto clock = std::make_shared<operate::testing::ManualClock>();
  config.clock = clock;
  const auto error = thrown<operate::TransportError>([&] { Client(config).companies().list(); });
  ASSERT_EQ(error->attempts().size(), 3u);
  EXPECT_EQ(error->attempts()[0].failure, operate::TransportErrorKind::timeout);
  EXPECT_EQ(error->attempts()[1].status, 503);
  EXPECT_EQ(error->kind(), operate::TransportErrorKind::connect);
  EXPECT_EQ(clock->sleeps().at(1), std::chrono::seconds(7));
  EXPECT_EQ(replay->problems(), "");
}

TEST_F(CassetteTest, TheKeyIsTakenOutWhereverItStands) {
  const std::string key = "sk_test_sentinel";
  TransportFailure failure{operate::TransportErrorKind::send};
  failure.message = "for " + key;
  script->expect({}, TransportResponse{200, {{"x-request-id", key}, {key, key}}, "your key is " + key});
  script->expect({}, failure);
  operate::RequestOptions options;
  options.headers = {{"x-copy", key}};
  options.query = {{"key", key}};
  options.max_retries = 0;
  const std::string text = recorded([&](const Client& client) {
    client.call({"POST", "/" + key, {}, "{\"key\":\"" + key + "\"}"}, options);
    thrown<operate::TransportError>([&] { client.call({"GET", "/x", {}, ""}, options); });
  });
  EXPECT_EQ(text.find("sentinel"), std::string::npos) << text;
  EXPECT_NE(text.find("your key is [api key]"), std::string::npos) << text;
  // Whoever plays it has another key, which stands in the same places.
  operate::Config config = replaying(path);
  options.query = {{"key", "another-key"}};
  EXPECT_EQ(Client(config).call({"POST", "/another-key", {}, R"({"key": "another-key"})"}, options).body,
            "your key is [api key]");
}

TEST_F(CassetteTest, BytesThatAreNoTextSurvive) {
  const std::string bytes("\0\xff\xfe end", 7), more("\x80\n", 2);
  script->whenever({}, TransportResponse{200, {}, bytes});
  recorded([&](const Client& client) { client.call({"POST", "/x", {}, more}); });
  const Client client(replaying(path));
  EXPECT_EQ(client.call({"POST", "/x", {}, more}).body, bytes);
}

TEST_F(CassetteTest, AnUnknownRequestIsLoudAndShowsTheNearest) {
  script->whenever({}, TransportResponse{200, {}, "{}"});
  recorded([](const Client& client) {
    client.call({"GET", "/other", {{"a", "1"}}, ""});
    client.call({"POST", "/x", {{"a", "1"}, {"b", "2"}}, R"({"a":[1,2],"b":true})"});
  });
  const Client client(replaying(path));
  const auto error = thrown<UnexpectedRequest>([&] {
    client.call({"POST", "/x", {{"c", "2"}, {"a", "1"}}, R"({"b":true,"a":[1,3]})"});
  });
  EXPECT_EQ(std::string(error->what()), "The cassette " + path + R"( has no answer for: POST /x?c=2&a=1
Nearest: POST /x?a=1&b=2
  query b: expected "2", came none
  query c: expected none, came "2"
  body /a/1: expected 2, came 3
Record it anew where this request is right.
)");
  const std::string said = error->what();
  EXPECT_EQ(replay->problems(), said.substr(0, said.find("Record it anew")) +
                                    "Did not come: GET /other?a=1\nDid not come: POST /x?a=1&b=2\n");
}

TEST_F(CassetteTest, EachAnswerIsGivenOnceInTheOrderOfTheRecording) {
  for (const char* body : {"first", "second"}) script->expect({}, TransportResponse{200, {}, body});
  const operate::Request request{"GET", "/x", {{"a", "1"}, {"b", "2"}}, ""};
  const operate::Request other_order{"GET", "/x", {{"b", "2"}, {"a", "1"}}, ""};
  recorded([&](const Client& client) {
    client.call(request);
    client.call(request);
  });
  const Client client(replaying(path));
  EXPECT_EQ(client.call(other_order).body, "first");
  EXPECT_EQ(client.call(request).body, "second");
  const auto error = thrown<UnexpectedRequest>([&] { client.call(request); });
  EXPECT_NE(std::string(error->what()).find("has no further answer for"), std::string::npos) << error->what();
  const auto other = thrown<UnexpectedRequest>([&] {
    client.call({"PUT", "/x", {{"a", "1"}, {"b", "2"}}, ""});
  });
  EXPECT_NE(
      std::string(other->what()).find("Nearest: GET /x?a=1&b=2, which was asked for before\n  method: "),
      std::string::npos)
      << other->what();
}

TEST_F(CassetteTest, ADateIsUnderstoodAsWhenItWasRecorded) {
  TransportResponse busy{503, {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}}, ""};
  busy.received = std::chrono::system_clock::from_time_t(784'111'777 - 30);
  script->whenever({}, busy);
  const auto wait = [](const Client& client) {
    operate::RequestOptions once;
    once.max_retries = 0;
    return thrown<operate::ServerError>([&] { client.call({"GET", "/x", {}, ""}, once); })->retry_after();
  };
  recorded([&](const Client& client) { EXPECT_EQ(wait(client), std::chrono::seconds(30)); });
  EXPECT_EQ(wait(Client(replaying(path))), std::chrono::seconds(30));
}

TEST_F(CassetteTest, WhatIsNoCassetteIsRefused) {
  for (const char* text :
       {"", "{", "[]", R"({"operate_cassette": 2, "exchanges": []})", R"({"operate_cassette": 1})",
        R"({"operate_cassette": 1, "exchanges": [{"request": {"method": "GET", "path": "/x"}}]})",
        R"({"operate_cassette": 1, "exchanges": [{"request": {"method": "GET", "path": "/x"},
            "failure": {"kind": "bad luck"}}]})",
        R"({"operate_cassette": 1, "exchanges": [{"request": {"method": "GET", "path": "/x"},
            "answer": {"status": 200, "body_base64": "?"}}]})",
        R"({"operate_cassette": 1, "exchanges": [{"request": {"method": "GET", "path": "/x"},
            "answer": {"status": 200.7}}]})",
        R"({"operate_cassette": 1, "exchanges": {}})"}) {
    folder.write("calls.json", text);
    const auto error = thrown<std::runtime_error>([&] { ReplayTransport replay(path); });
    EXPECT_NE(std::string(error->what()).find(path), std::string::npos) << error->what();
  }
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  folder.write("calls.json", R"({"operate_cassette": 1, "exchanges": [], "x": )" + deep + "}");
  thrown<std::runtime_error>([&] { ReplayTransport replay(path); });
  thrown<std::runtime_error>([&] { ReplayTransport replay(folder.path("nowhere.json")); });
}

TEST_F(CassetteTest, AFileThatCannotBeWrittenIsTold) {
  const std::string nowhere = folder.path("no-folder/calls.json");
  testing::internal::CaptureStderr();
  {
    const RecordingTransport recording(script, nowhere);
    const auto error = thrown<std::system_error>([&] { recording.save(); });
    EXPECT_NE(std::string(error->what()).find(nowhere), std::string::npos) << error->what();
  }
  EXPECT_NE(testing::internal::GetCapturedStderr().find(nowhere), std::string::npos);
  EXPECT_THROW(RecordingTransport(nullptr, path), std::invalid_argument);
}

}  // namespace
