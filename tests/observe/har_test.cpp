#include <operate/har.hpp>
#include <operate/version.hpp>

#include "support/child.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Event;
using operate::EventDetail;
using operate::EventKind;
using operate::HarOptions;
using operate::HarRecorder;
using operate::test::TemporaryFolder;

class HarTest : public testing::Test {
 protected:
  // An attempt over a new connection, which brings an answer in JSON.
  HarTest() {
    event.kind = EventKind::attempt;
    event.call = 12;
    event.time = std::chrono::system_clock::time_point(1'764'058'519'123ms);
    event.method = "GET";
    event.path = "/companies/list";
    event.attempt = 1;
    event.status = 200;
    event.wait = 1s;
    event.transfer = &transfer;
    event.message = &message;
    transfer.request_id = "req-7";
    transfer.http_version = "2";
    transfer.bytes_sent = 7;
    transfer.bytes_received = 11;
    transfer.name_lookup = 1200us;
    transfer.connect = 340us;
    transfer.tls = 5060us;
    transfer.first_byte = 20'000us;
    transfer.total = 34'049us;
    message.url = "https://api.example/companies/list";
    message.request_headers = {{"x-api-key", "[removed]"}, {"Content-Type", "application/json"}};
    message.response_headers = {{"content-type", "application/json; charset=utf-8"}};
  }
  void without_connection() { transfer.name_lookup = transfer.connect = transfer.tls = 0us; }
  // Of an answer that never came.
  void lose(operate::TransportErrorKind kind) {
    failure = kind;
    event.status = 0;
    event.failure = &failure;
    transfer.request_id = transfer.http_version = "";
    transfer.bytes_received = 0;
    transfer.first_byte = 0us;
    message.response_headers.clear();
    message.response_body.clear();
  }
  static nlohmann::json log_of(const HarRecorder& recorder) {
    return nlohmann::json::parse(recorder.text()).at("log");
  }
  nlohmann::json entry(EventDetail detail = EventDetail::headers) const {
    HarRecorder recorder({detail, 1});
    recorder.on(event);
    return log_of(recorder).at("entries").at(0);
  }

  Event event;
  operate::Transfer transfer;
  operate::TransportErrorKind failure{};
  operate::EventMessage message;
};

TEST_F(HarTest, EachAttemptIsAnEntry) {
  EXPECT_EQ(entry(), nlohmann::json::parse(R"({
      "startedDateTime": "2025-11-25T08:15:19.088Z", "time": 34.049, "cache": {},
      "request": {"method": "GET", "url": "https://api.example/companies/list", "httpVersion": "HTTP/2",
          "cookies": [], "queryString": [], "headersSize": -1, "bodySize": 7,
          "headers": [{"name": "x-api-key", "value": "[removed]"},
                      {"name": "Content-Type", "value": "application/json"}]},
      "response": {"status": 200, "statusText": "", "httpVersion": "HTTP/2", "cookies": [],
          "headers": [{"name": "content-type", "value": "application/json; charset=utf-8"}],
          "content": {"size": 11, "mimeType": "application/json; charset=utf-8"},
          "redirectURL": "", "headersSize": -1, "bodySize": 11},
      "timings": {"blocked": -1, "dns": 1.2, "connect": 5.4, "ssl": 5.06, "send": 0, "wait": 13.4,
          "receive": 14.049},
      "_call": 12, "_attempt": 1, "_requestId": "req-7"})"));
}

TEST_F(HarTest, TheArchiveSaysWhoWroteIt) {
  HarRecorder recorder;
  event.kind = EventKind::call;
  recorder.on(event);
  event.kind = EventKind::result;
  recorder.on(event);
  const std::string version = std::to_string(OPERATE_VERSION_MAJOR) + "." +
                              std::to_string(OPERATE_VERSION_MINOR) + "." +
                              std::to_string(OPERATE_VERSION_PATCH);
  EXPECT_EQ(log_of(recorder), (nlohmann::json{{"version", "1.2"},
                                              {"creator", {{"name", "operate-cpp"}, {"version", version}}},
                                              {"entries", nlohmann::json::array()}}));
}

TEST_F(HarTest, AKeptConnectionHasNoStepsBeforeTheRequest) {
  without_connection();
  transfer.connection_reused = true;
  EXPECT_EQ(entry()["timings"], nlohmann::json::parse(R"({"blocked": -1, "dns": -1, "connect": -1, "ssl": -1,
                                                          "send": 0, "wait": 20, "receive": 14.049})"));
  EXPECT_EQ(entry()["time"], 34.049);
}

TEST_F(HarTest, WithoutAnAnswerThereIsAnErrorInItsPlace) {
  lose(operate::TransportErrorKind::receive);
  const auto lost = entry();
  EXPECT_EQ(lost["response"]["status"], 0);
  EXPECT_EQ(lost["response"]["_error"], "receive");
  EXPECT_EQ(lost["response"]["httpVersion"], "");
  EXPECT_EQ(lost["response"]["content"], nlohmann::json::parse(R"({"size": 0, "mimeType": ""})"));
  EXPECT_FALSE(lost.contains("_requestId"));
  EXPECT_EQ(lost["timings"]["wait"], 27.449);
  EXPECT_EQ(lost["timings"]["receive"], 0);
  EXPECT_EQ(lost["time"], 34.049);
}

TEST_F(HarTest, TimeWithoutAConnectionIsBlocked) {
  lose(operate::TransportErrorKind::connect);
  without_connection();
  transfer.name_lookup = 1ms;
  EXPECT_EQ(entry()["timings"],
            nlohmann::json::parse(R"({"blocked": 33.049, "dns": 1, "connect": -1, "ssl": -1, "send": 0,
                                      "wait": 0, "receive": 0})"));
  EXPECT_EQ(entry()["time"], 34.049);
}

TEST_F(HarTest, TimesThatCannotBeStillAddUp) {
  transfer.first_byte = 1us;
  transfer.total = 0us;
  EXPECT_EQ(entry()["timings"]["wait"], 0);
  EXPECT_EQ(entry()["timings"]["receive"], 0);
  EXPECT_EQ(entry()["time"], 6.6);
}

TEST_F(HarTest, TheUrlHoldsTheQueryAsItIsSent) {
  message.query = {{"limit", "5"}, {"full name", "Zo\xc3\xab & co"}};
  const auto request = entry(EventDetail::bodies)["request"];
  EXPECT_EQ(request["url"], "https://api.example/companies/list?limit=5&full%20name=Zo%C3%AB%20%26%20co");
  EXPECT_EQ(request["queryString"], nlohmann::json::parse(R"([{"name": "limit", "value": "5"},
                                      {"name": "full name", "value": "Zoë & co"}])"));
}

TEST_F(HarTest, BodiesAreWrittenForWhomAsksForThem) {
  message.query = {{"limit", "5"}, {"q", "private"}};
  message.request_body = R"({"private":1})";
  message.response_body = R"({"private":2})";
  const auto whole = entry(EventDetail::bodies);
  EXPECT_EQ(whole["request"]["postData"],
            nlohmann::json({{"mimeType", "application/json"}, {"text", message.request_body}}));
  EXPECT_EQ(whole["response"]["content"], nlohmann::json({{"mimeType", "application/json; charset=utf-8"},
                                                          {"size", 13},
                                                          {"text", message.response_body}}));
  for (const auto detail : {EventDetail::facts, EventDetail::headers}) {
    const auto modest = entry(detail);
    EXPECT_EQ(HarRecorder({detail, 1}).detail(), EventDetail::headers);
    EXPECT_EQ(modest.dump().find("private"), std::string::npos) << modest;
    EXPECT_EQ(modest["request"]["queryString"][1]["value"], "[removed]");
    EXPECT_FALSE(modest["request"].contains("postData"));
    EXPECT_FALSE(modest["response"]["content"].contains("text"));
  }
}

TEST_F(HarTest, ABodyThatIsNoTextStandsInBase64) {
  message.response_body = std::string("\0\xff\xfe\xfb\xf0", 5);
  const auto content = entry(EventDetail::bodies)["response"]["content"];
  EXPECT_EQ(content["text"], "AP/++/A=");
  EXPECT_EQ(content["encoding"], "base64");
  EXPECT_EQ(content["size"], 5);
}

TEST_F(HarTest, TheSizeOfAPackedBodyIsKnownWhereItIsShown) {
  message.response_headers.push_back({"Content-Encoding", "gzip"});
  message.response_body = "unpacked, it is longer";
  EXPECT_EQ(entry()["response"]["content"]["size"], -1);
  EXPECT_EQ(entry()["response"]["bodySize"], 11);
  EXPECT_EQ(entry(EventDetail::bodies)["response"]["content"]["size"], 22);
}

TEST_F(HarTest, WhatIsNoUtf8ElsewhereHarmsNothing) {
  message.response_headers.push_back({"server", "a\xff"});
  message.query = {{"c\xff", "d"}};
  const auto odd = entry(EventDetail::bodies);
  EXPECT_EQ(odd["response"]["headers"][1]["value"], "a\xef\xbf\xbd");
  EXPECT_EQ(odd["request"]["url"], message.url + "?c%FF=d");
}

TEST_F(HarTest, AnEventWithoutAMessageStillHasItsPath) {
  event.message = nullptr;
  event.transfer = nullptr;
  EXPECT_EQ(entry()["request"]["url"], "/companies/list");
  EXPECT_EQ(entry()["response"]["status"], 200);
}

TEST_F(HarTest, TheOldestEntriesGo) {
  HarRecorder recorder({EventDetail::headers, 2});
  for (event.call = 1; event.call <= 3; ++event.call) recorder.on(event);
  const auto entries = log_of(recorder)["entries"];
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0]["_call"], 2);
  EXPECT_EQ(entries[1]["_call"], 3);
}

TEST_F(HarTest, ManyThreadsRecordTogether) {
  HarRecorder recorder;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        recorder.on(event);
        if (i % 10 == 0) recorder.text();
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(log_of(recorder)["entries"].size(), 200u);
}

TEST_F(HarTest, AFileIsItsOwnersAlone) {
  const TemporaryFolder folder;
  HarRecorder recorder;
  recorder.on(event);
  const std::string path = folder.write("calls.har", "old", 0644);
  recorder.save(path);
  EXPECT_EQ(folder.read("calls.har"), recorder.text());
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(HarTest, ARequestThatIsNoTextStandsInBase64) {
  HarRecorder recorder({EventDetail::bodies, 10});
  message.request_body = std::string("\0\xff", 2);
  recorder.on(event);
  const auto data = nlohmann::json::parse(recorder.text())["log"]["entries"][0]["request"]["postData"];
  EXPECT_EQ(data["text"], "AP8=");
  EXPECT_EQ(data["_encoding"], "base64");
}

std::string reason_of(const HarRecorder& recorder, const std::string& path) {
  try {
    recorder.save(path);
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "";
}

TEST_F(HarTest, AFileThatCannotBeWrittenIsNamedWithTheReason) {
  const TemporaryFolder folder;
  const std::string nowhere = folder.path("nowhere/calls.har"), taken = folder.path("taken");
  std::filesystem::create_directory(taken);
  EXPECT_EQ(reason_of(HarRecorder(), nowhere), "cannot write " + nowhere + ": No such file or directory");
  EXPECT_EQ(reason_of(HarRecorder(), taken), "cannot write " + taken + ": Is a directory");
  EXPECT_NE(reason_of(HarRecorder(), ""), "");
}

TEST_F(HarTest, AFileThatIsThereStaysWholeWhereThereIsNoRoom) {
  const TemporaryFolder folder;
  HarRecorder recorder;
  recorder.on(event);
  const std::string path = folder.write("calls.har", "old");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 100;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string reason = reason_of(recorder, path);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(reason, "cannot write " + path + ": File too large");
  EXPECT_EQ(folder.read("calls.har"), "old");
  const std::filesystem::directory_iterator left(std::filesystem::path(path).parent_path());
  EXPECT_EQ(std::distance(begin(left), end(left)), 1);
}

// For ./dev har, which holds what this writes against a schema from elsewhere.
TEST_F(HarTest, WritesAFileForTheValidator) {
  const char* path = std::getenv("OPERATE_TEST_HAR");
  if (!path) GTEST_SKIP() << "./dev har names a file.";
  HarRecorder recorder({EventDetail::bodies, 10});
  message.query = {{"limit", "5"}, {"q", "[a] & b"}};
  message.response_body = "{}";
  recorder.on(event);
  message.response_body = std::string("\0\xff", 2);
  recorder.on(event);
  event.method = "POST";
  message.request_body = R"({"full_name":"Ada"})";
  lose(operate::TransportErrorKind::receive);
  recorder.on(event);
  event.attempt = 2;
  event.status = 201;
  event.failure = nullptr;
  recorder.on(event);
  recorder.save(path);
}

TEST_F(HarTest, TheChildOfAForkBeginsAnew) {
  HarRecorder recorder;
  recorder.on(event);
  EXPECT_TRUE(
      operate::test::holds_in_child([&] { return recorder.text().find("_call") == std::string::npos; }));
  EXPECT_NE(recorder.text().find("_call"), std::string::npos);
}

}  // namespace
