#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>
#include <operate/testing/recording_transport.hpp>

#include "support/emulator_options.hpp"
#include "support/listing.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

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

TEST_F(CassetteTest, BytesThatAreNoTextSurviveInQueriesPathsAndHeaders) {
  const std::string name("\xffn", 2), value("\xfe\n", 2), busy("\xfd", 1);
  TransportFailure failure;
  failure.message = busy;
  script->expect({}, TransportResponse{200, {{"server", busy}}, "{}"});
  script->expect({}, failure);
  const auto calls = [&](const Client& client) {
    const auto response = client.call({"GET", "/x/%FF%2f", {{name, value}}, ""});
    EXPECT_EQ(response.headers.at(0).value, busy);
    operate::RequestOptions once;
    once.max_retries = 0;
    thrown<operate::TransportError>([&] { client.call({"GET", "/x", {}, ""}, once); });
  };
  const std::string text = recorded(calls);
  EXPECT_NE(text.find("/x/%FF%2f"), std::string::npos) << text;
  EXPECT_NE(text.find("name_base64"), std::string::npos) << text;
  const Client client(replaying(path));
  EXPECT_THROW(client.call({"GET", "/x/%FE", {{name, value}}, ""}), UnexpectedRequest);
  EXPECT_NE(replay->problems().find("has no answer for: GET /x/%FE?\\xFFn=\\xFE\\n\n"), std::string::npos)
      << replay->problems();
  calls(Client(replaying(path)));
  EXPECT_EQ(replay->problems(), "");
}

TEST_F(CassetteTest, AnotherRequestGetsNoAnswerOfThisOne) {
  const std::vector<std::pair<operate::Request, operate::Request>> pairs = {
      {{"GET", "/people/a%2Fb", {}, ""}, {"GET", "/people/a/b", {}, ""}},
      {{"GET", "/people/a%25b", {}, ""}, {"GET", "/people/a%2525b", {}, ""}},
      {{"POST", "/x", {}, R"({"a":1,"a":2})"}, {"POST", "/x", {}, R"({"a":2})"}},
      {{"POST", "/x", {}, "18446744073709551617"}, {"POST", "/x", {}, "18446744073709551618"}},
      {{"POST", "/x", {}, "0.1"}, {"POST", "/x", {}, "0.10000000000000000001"}}};
  script->whenever({}, TransportResponse{200, {}, "{}"});
  for (const auto& [one, another] : pairs) {
    recorded([&request = one](const Client& client) { client.call(request); });
    const Client client(replaying(path));
    EXPECT_THROW(client.call(another), UnexpectedRequest) << another.path << another.body;
    client.call(one);
  }
}

TEST_F(CassetteTest, SpellingsOfOneRequestAreTheSame) {
  script->whenever({}, TransportResponse{200, {}, "{}"});
  recorded([](const Client& client) { client.call({"POST", "/a%7eb/%c3%a9", {}, R"({"a":1,"b":[100]})"}); });
  const Client client(replaying(path));
  client.call({"POST", "/a~b/%C3%A9", {}, R"({ "b": [1e2], "a": 1.0 })"});
  // As somebody may write it by hand.
  folder.write("calls.json", R"({"operate_cassette": 1, "exchanges": [{"request": {"method": "GET",
      "path": "/a b/\u00e9"}, "answer": {"status": 200, "body": "{}"}}]})");
  Client(replaying(path)).call({"GET", "/a%20b/%C3%A9", {}, ""});
}

TEST_F(CassetteTest, WordsThatAreThePlayersKeyAreFoundAsTheyWereRecorded) {
  const operate::Request request{"POST", "/v1/test/list", {{"a", "test"}}, R"({"a":"test"})"};
  script->whenever({}, TransportResponse{200, {}, "{}"});
  recorded([&](const Client& client) { client.call(request); });
  for (const char* key : {"test", "list", "another-key"}) {
    operate::Config config = replaying(path);
    config.api_key = key;
    Client(config).call(request);
    EXPECT_EQ(replay->problems(), "");
  }
  operate::Config config = replaying(path);
  config.api_key = "test";
  const Client client(config);
  const auto error = thrown<UnexpectedRequest>([&] {
    client.call({"POST", "/v1/test/list", {{"a", "x"}}, R"({"a":"test"})"});
  });
  EXPECT_EQ(std::string(error->what()),
            "The cassette " + path + R"( has no answer for: POST /v1/[api key]/list?a=x
Nearest: POST /v1/[api key]/list?a=[api key]
  query a: expected "[api key]", came "x"
Record it anew where this request is right.
)");
}

TEST_F(CassetteTest, AKeyThatIsEncodedInTheUrlIsTakenOut) {
  script->whenever({}, TransportResponse{200, {}, "{}"});
  operate::Config config;
  config.api_key = "a+key/with=odd&letters";
  config.transport = std::make_shared<RecordingTransport>(script, path);
  Client(config).call({"GET", "/%20/a%2Bkey%2Fwith%3Dodd%26letters", {}, ""});
  config.transport.reset();
  const std::string text = folder.read("calls.json");
  EXPECT_NE(text.find(R"(/[api key]",)"), std::string::npos) << text;
  const Client client(replaying(path));
  client.call({"GET", "/%20/another-key", {}, ""});
  EXPECT_EQ(replay->problems(), "");
}

TEST_F(CassetteTest, ALimitOfTimeIsWrittenWhereItRanOut) {
  TransportFailure late{operate::TransportErrorKind::timeout, operate::TimeLimit::stall};
  script->expect({}, operate::testing::connection_lost());
  script->expect({}, late);
  script->expect({}, operate::testing::connection_refused());
  const std::string text = recorded(
      [](const Client& client) { thrown<operate::TransportError>([&] { client.companies().list(); }); });
  EXPECT_EQ(text.find("limit\": \""), text.find("limit\": \"stall")) << text;
  EXPECT_EQ(text.find("limit\": \""), text.rfind("limit\": \"")) << text;
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
    EXPECT_EQ(std::string(error->what()).find("json.exception"), std::string::npos) << error->what();
  }
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  folder.write("calls.json", R"({"operate_cassette": 1, "exchanges": [], "x": )" + deep + "}");
  thrown<std::runtime_error>([&] { ReplayTransport replay(path); });
  thrown<std::runtime_error>([&] { ReplayTransport replay(folder.path("nowhere.json")); });
}

TEST_F(CassetteTest, WhatIsWrongIsToldWithItsPlace) {
  const std::string request = R"({"request": {"method": "GET", "path": "/x"}, )";
  const auto exchange = [](const std::string& one) {
    return R"({"operate_cassette": 1, "exchanges": [)" + one + "]}";
  };
  const auto answer = [&](const std::string& members) {
    return exchange(request + R"("answer": {"status": 200, )" + members + "}}");
  };
  const auto failure = [&](const std::string& members) {
    return exchange(request + R"("failure": {)" + members + "}}");
  };
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"[]", "it is no JSON object"},
      {R"({"operate_cassette": 1})", "exchanges is missing"},
      {R"({"exchanges": []})", "operate_cassette is missing"},
      {R"({"operate_cassette": 1.0, "exchanges": []})", "operate_cassette is \"1.0\", not 1"},
      {R"({"operate_cassette": 1, "exchanges": {}})", "exchanges is no array"},
      {exchange("1"), "exchanges[0] is no object"},
      {exchange("{}"), "exchanges[0].request is missing"},
      {exchange(R"({"request": {"path": "/x"}})"), "exchanges[0].request.method is missing"},
      {exchange(R"({"request": {"method": 1, "path": "/x"}})"), "exchanges[0].request.method is no string"},
      {exchange(R"({"request": {"method": "GET"}})"), "exchanges[0].request.path is missing"},
      {exchange(R"({"request": {"method": "GET", "path": "/x", "query": [{"name": "a"}]}})"),
       "exchanges[0].request.query[0].value is missing"},
      {exchange(R"({"request": {"method": "GET", "path": "/x"}})"),
       "exchanges[0] has to have either an answer or a failure"},
      {exchange(request + R"("answer": {"status": 200}, "failure": {"kind": "send"}})"),
       "exchanges[0] has to have either an answer or a failure"},
      {exchange(request + R"("answer": {}})"), "exchanges[0].answer.status is missing"},
      {exchange(request + R"("answer": {"status": 18446744073709551615}})"),
       "exchanges[0].answer.status is no integer from 100 to 999: \"18446744073709551615\""},
      {exchange(request + R"("answer": {"status": 99}})"),
       "exchanges[0].answer.status is no integer from 100 to 999: \"99\""},
      {answer(R"("body": 1)"), "exchanges[0].answer.body is no string"},
      {answer(R"("body": "", "body_base64": "")"), "exchanges[0].answer has both body and body_base64"},
      {answer(R"("headers": {})"), "exchanges[0].answer.headers is no array"},
      {failure(""), "exchanges[0].failure.kind is missing"},
      {failure(R"("kind": "a\nb")"), R"(exchanges[0].failure.kind is none that there is: "a\nb")"},
      {failure(R"("kind": "timeout", "limit": "x")"),
       "exchanges[0].failure.limit is none that there is: \"x\""},
      {failure(R"("kind": "send", "permanent": 1)"),
       "exchanges[0].failure.permanent is neither true nor false"}};
  for (const auto& [text, reason] : texts) {
    folder.write("calls.json", text);
    const auto error = thrown<std::runtime_error>([&] { ReplayTransport replay(path); });
    EXPECT_EQ(error->what(), "The cassette " + path + " is none that can be played: " + reason) << text;
  }
  for (const char* bytes :
       {"QQ==\\n", " QQ==", "=AAA", "====", "A===", "QQ=A", "QR==", "QQ", "?", "QQ==QQ=="}) {
    folder.write("calls.json", answer(R"("body_base64": ")" + std::string(bytes) + "\""));
    const auto error = thrown<std::runtime_error>([&] { ReplayTransport replay(path); });
    EXPECT_NE(std::string(error->what()).find("exchanges[0].answer.body_base64 is no base64"),
              std::string::npos)
        << bytes << error->what();
  }
  for (const char* time : {"9223372036854775807", "-9223372036854775808", "18446744073709551615",
                           "9223372036855", "1e3", "true", "\"1\""}) {
    folder.write("calls.json", answer(R"("received_ms": )" + std::string(time)));
    const auto error = thrown<std::runtime_error>([&] { ReplayTransport replay(path); });
    EXPECT_NE(std::string(error->what()).find("exchanges[0].answer.received_ms is no integer from "),
              std::string::npos)
        << time << error->what();
  }
  folder.write("calls.json", answer(R"("received_ms": -1, "body_base64": "")"));
  EXPECT_EQ(Client(replaying(path)).call({"GET", "/x", {}, ""}).body, "");
}

TEST_F(CassetteTest, AFileThatCannotBeWrittenIsToldAtOnce) {
  for (const std::string& place : {std::string(), folder.path("no-folder/calls.json"), folder.path(""),
                                   folder.path("."), folder.path(std::string(300, 'a'))}) {
    const auto error = thrown<std::system_error>([&] { RecordingTransport recording(script, place); });
    EXPECT_NE(std::string(error->what()).find("cannot write " + place + ": "), std::string::npos)
        << error->what();
  }
  EXPECT_THROW(RecordingTransport(nullptr, path), std::invalid_argument);
}

TEST_F(CassetteTest, ACassetteThatIsThereStaysUntilAnotherIsSaved) {
  folder.write("calls.json", "old");
  { const RecordingTransport recording(script, path); }
  EXPECT_EQ(folder.read("calls.json"), "old");
  script->whenever({}, TransportResponse{200, {}, "{}"});
  RecordingTransport recording(script, path);
  EXPECT_EQ(folder.read("calls.json"), "old");
  recording.send({}, {});
  recording.save();
  EXPECT_NE(folder.read("calls.json"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")), {}), 1);
}

TEST_F(CassetteTest, WhatCannotBeSavedAtTheEndIsTold) {
  script->whenever({}, TransportResponse{200, {}, "{}"});
  folder.write("later/x", "");
  const std::string late = folder.path("later/calls.json");
  testing::internal::CaptureStderr();
  {
    RecordingTransport recording(script, late);
    recording.send({}, {});
    std::filesystem::remove_all(folder.path("later"));
    thrown<std::system_error>([&] { recording.save(); });
  }
  EXPECT_NE(testing::internal::GetCapturedStderr().find(late), std::string::npos);
}

}  // namespace
