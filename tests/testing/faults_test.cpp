// What an emulator does on demand, as a client sees it and as it stands on the wire.
#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/emulator_options.hpp"
#include "support/raw_client.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::test::emulator_options;
using operate::test::RawClient;
using operate::test::thrown;
using operate::testing::Emulator;
using operate::testing::EmulatorOptions;
using operate::testing::EmulatorResponse;
using operate::testing::FaultKind;

const std::vector<FaultKind> lossy = {FaultKind::drop, FaultKind::reset, FaultKind::reset_after_status_line,
                                      FaultKind::half_body};

operate::NewPerson ada() {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  return person;
}

std::size_t people(const Emulator& emulator) {
  return nlohmann::json::parse(emulator.state().text())["people"].size();
}

operate::Config once(const Emulator& emulator) {
  auto config = emulator.config();
  config.retry.max_retries = 0;
  return config;
}

// Waits for no answer for ever, but longer than one takes that nothing holds back.
operate::Config impatient(const Emulator& emulator) {
  auto config = once(emulator);
  config.timeout = 200ms;
  return config;
}

std::string get(const std::string& path, const Emulator& emulator, const std::string& headers = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\nx-api-key: " + emulator.api_key() + "\r\n" + headers +
         "\r\n";
}

TEST(EmulatorFaultsTest, ACreateWhoseAnswerIsLostDidOrDidNotHappen) {
  for (const FaultKind kind : lossy)
    for (const bool carried_out : {true, false})
      for (const bool kept_connection : {true, false}) {
        SCOPED_TRACE(static_cast<int>(kind));
        Emulator emulator(emulator_options());
        const Client client(emulator.config());
        if (kept_connection) client.companies().list();
        emulator.fail_next({kind, carried_out, {}});
        const auto error = thrown<operate::TransportError>([&] { client.people().create(ada()); });
        ASSERT_TRUE(error);
        EXPECT_EQ(error->kind(), operate::TransportErrorKind::receive);
        EXPECT_TRUE(error->may_have_been_applied());
        EXPECT_FALSE(error->retryable());
        EXPECT_EQ(error->attempts().size(), 1u);
        EXPECT_EQ(people(emulator), carried_out ? 1u : 0u);
        client.people().create(ada());
        EXPECT_EQ(people(emulator), carried_out ? 2u : 1u);
      }
}

TEST(EmulatorFaultsTest, ARetryGetsThrough) {
  for (const FaultKind kind : lossy) {
    SCOPED_TRACE(static_cast<int>(kind));
    Emulator emulator(emulator_options());
    const Client client(emulator.config());
    emulator.fail_next({kind, true, {}}, 2);
    EXPECT_EQ(client.companies().list().size(), 50u);
    EXPECT_EQ(emulator.requests().size(), 3u);
  }
}

TEST(EmulatorFaultsTest, ACreateThatIsRepeatedBlindlyIsThereTwice) {
  Emulator emulator(emulator_options());
  operate::RequestOptions options;
  options.safe_to_repeat = true;
  emulator.fail_next({FaultKind::half_body, true, {}});
  Client(emulator.config()).people().create(ada(), options);
  EXPECT_EQ(people(emulator), 2u);
}

TEST(EmulatorFaultsTest, AsMuchOfTheAnswerArrivesAsTheFaultSays) {
  Emulator emulator(emulator_options());
  emulator.add_route("GET", "/ten", [](const auto&) {
    return EmulatorResponse{200, {{"Content-Type", "application/octet-stream"}}, "0123456789", {}};
  });
  const Client client(once(emulator));
  const auto lost = [&](FaultKind kind) {
    emulator.fail_next({kind, true, {}});
    const auto error = thrown<operate::TransportError>([&] { client.call({"GET", "/ten", {}, ""}); });
    return error->attempts().at(0).transfer;
  };
  EXPECT_EQ(lost(FaultKind::half_body).bytes_received, 5);
  EXPECT_EQ(lost(FaultKind::reset_after_status_line).http_version, "1.1");
  EXPECT_EQ(lost(FaultKind::reset_after_status_line).bytes_received, 0);
  EXPECT_EQ(lost(FaultKind::reset).http_version, "");
  EXPECT_EQ(lost(FaultKind::drop).http_version, "");
}

TEST(EmulatorFaultsTest, AStalledAnswerTimesOut) {
  Emulator emulator(emulator_options());
  emulator.fail_next({FaultKind::stall, true, {}});
  const Client client(impatient(emulator));
  const auto error = thrown<operate::TimeoutError>([&] { client.companies().list(); });
  EXPECT_EQ(error->limit(), operate::TimeLimit::attempt);
  EXPECT_TRUE(error->retryable());
}

TEST(EmulatorFaultsTest, AnAnswerThatStallsInItsBodyStalls) {
  Emulator emulator(emulator_options());
  emulator.add_route("GET", "/empty", [](const auto&) { return EmulatorResponse{200, {}, "", {}}; });
  auto config = once(emulator);
  config.stall_timeout = 200ms;
  const Client client(config);
  for (const char* path : {"/companies/list", "/empty"}) {
    emulator.fail_next({FaultKind::stall_in_body, true, {}});
    const auto error = thrown<operate::TimeoutError>([&] { client.call({"GET", path, {}, ""}); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->limit(), operate::TimeLimit::stall);
  }
}

TEST(EmulatorFaultsTest, AnAnswerWithoutABodyIsLostToo) {
  Emulator emulator(emulator_options());
  emulator.add_route("GET", "/empty", [](const auto&) { return EmulatorResponse{200, {}, "", {}}; });
  emulator.add_route("HEAD", "/x", [](const auto&) { return EmulatorResponse{200, {}, "0123", {}}; });
  emulator.add_route("POST", "/x", [](const auto&) { return EmulatorResponse{204, {}, "", {}}; });
  const Client client(once(emulator));
  for (const auto& [method, path] : {std::pair{"GET", "/empty"}, {"HEAD", "/x"}, {"POST", "/x"}}) {
    emulator.fail_next({FaultKind::half_body, true, {}});
    const auto call = [&, method = method, path = path] { client.call({method, path, {}, ""}); };
    const auto error = thrown<operate::TransportError>(call);
    ASSERT_TRUE(error) << method;
    EXPECT_EQ(error->kind(), operate::TransportErrorKind::receive);
    EXPECT_NO_THROW(call());
  }
}

TEST(EmulatorFaultsTest, AFaultWaitsForItsPath) {
  Emulator emulator(emulator_options());
  const Client client(once(emulator));
  const std::string create = "/v/alpha/people/create", list = "/companies/list";
  emulator.fail_next({FaultKind::half_body, true, {}, create}, 2);
  emulator.limit_next(1, 0s, list);
  emulator.answer_next({418, {}, "", {}}, "/no where");
  emulator.answer_next({404, {}, "", {}});
  EXPECT_TRUE(thrown<operate::RateLimitError>([&] { client.companies().list(); }));
  EXPECT_TRUE(thrown<operate::TransportError>([&] { client.people().create(ada()); }));
  EXPECT_TRUE(thrown<operate::NotFoundError>([&] { client.companies().list(); }));
  client.companies().list();
  EXPECT_TRUE(thrown<operate::TransportError>([&] { client.people().create(ada()); }));
  client.people().create(ada());
  EXPECT_EQ(thrown<operate::ApiError>([&] { client.call({"GET", "/no%20where", {}, ""}); })->status(), 418);
  EXPECT_EQ(people(emulator), 3u);
  EXPECT_THROW(emulator.fail_next({FaultKind::drop, true, {}, "x"}), std::invalid_argument);
  EXPECT_THROW(emulator.limit_next(1, 0s, "x"), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({}, "x"), std::invalid_argument);
}

TEST(EmulatorFaultsTest, AHandlersOtherExceptionsAreAnsweredAndKeepTheFault) {
  Emulator emulator(emulator_options());
  emulator.add_route("GET", "/x", [](const auto&) -> EmulatorResponse { throw 7; });
  emulator.after_each_page([](const auto&) { throw 7; });
  const Client client(once(emulator));
  for (const char* path : {"/x", "/companies/list"}) {
    const auto call = [&] { client.call({"GET", path, {}, ""}); };
    emulator.fail_next({FaultKind::half_body, true, {}});
    EXPECT_TRUE(thrown<operate::TransportError>(call)) << path;
    const auto error = thrown<operate::ServerError>(call);
    ASSERT_TRUE(error) << path;
    EXPECT_EQ(error->status(), 500);
    EXPECT_EQ(error->type(), "undocumented");
    EXPECT_NE(error->message().find("std::exception"), std::string::npos);
  }
}

TEST(EmulatorFaultsTest, AStalledCreateDidOrDidNotHappen) {
  for (const bool carried_out : {true, false}) {
    Emulator emulator(emulator_options());
    emulator.fail_next({FaultKind::stall, carried_out, {}});
    operate::CancellationSource source;
    auto call = std::async(std::launch::async, [&emulator, token = source.token()] {
      operate::RequestOptions options;
      options.cancel = token;
      return thrown<operate::CancelledError>(
          [&] { Client(emulator.config()).people().create(ada(), options); });
    });
    while (emulator.requests().empty() || people(emulator) != (carried_out ? 1u : 0u))
      std::this_thread::yield();
    source.cancel();
    EXPECT_TRUE(call.get()->may_have_been_applied());
    EXPECT_EQ(people(emulator), carried_out ? 1u : 0u);
  }
}

TEST(EmulatorFaultsTest, SlowBytesAreAWholeAnswerInTheEnd) {
  auto options = emulator_options();
  options.companies = 3;
  Emulator emulator(options);
  const Client client(once(emulator));
  emulator.fail_next({FaultKind::slow_bytes, true, 0ms}, 2);
  EXPECT_EQ(client.companies().list().size(), 3u);
  // On the same connection.
  EXPECT_TRUE(client.companies().list().transfer().connection_reused);
  emulator.fail_next({FaultKind::slow_bytes, false, 0ms});
  const auto error = thrown<operate::ServerError>([&] { client.companies().list(); });
  EXPECT_EQ(error->status(), 503);
  EXPECT_EQ(error->type(), "undocumented");

  emulator.fail_next({FaultKind::slow_bytes, true, 1h});
  EXPECT_THROW(Client(impatient(emulator)).companies().list(), operate::TimeoutError);
}

TEST(EmulatorFaultsTest, TheEmulatorsEndEndsAStalledCall) {
  auto emulator = std::make_unique<Emulator>(emulator_options());
  emulator->fail_next({FaultKind::stall, true, {}});
  const Client client(once(*emulator));
  auto call = std::async(std::launch::async, [&client] {
    return thrown<operate::TransportError>([&] { client.companies().list(); });
  });
  while (emulator->requests().empty()) std::this_thread::yield();
  // By the time of another answer, the silence has most likely begun.
  client.companies().list();
  emulator.reset();
  EXPECT_EQ(call.get()->kind(), operate::TransportErrorKind::receive);
}

TEST(EmulatorFaultsTest, TheEmulatorsEndEndsWhatIsOpen) {
  RawClient slow, idle, halfway;
  {
    Emulator emulator;
    for (RawClient* client : {&slow, &idle, &halfway}) client->connect(emulator);
    halfway.send("GET /companies/list HTTP/1.1\r\nHost");
    emulator.fail_next({FaultKind::slow_bytes, true, 1h});
    slow.send(get("/companies/list", emulator));
    EXPECT_EQ(slow.receive(), "H");
  }
  EXPECT_EQ(slow.receive(), "");
  EXPECT_EQ(idle.receive(), "");
}

TEST(EmulatorFaultsTest, ABodyThatIsTooDeepIsRefused) {
  Emulator emulator;
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto refused = thrown<operate::BadRequestError>([&] {
    Client(emulator.config())
        .call(
            {"POST", "/v/alpha/people/create", {}, R"({"email":"a@b.co","full_name":"x","d":)" + deep + "}"});
  });
  EXPECT_EQ(refused->type(), "undocumented");
  EXPECT_THROW(emulator.add_company(operate::JsonText(R"({"id":"a","d":)" + deep + "}")),
               std::invalid_argument);
}

TEST(EmulatorFaultsTest, APathThatIsNoTextIsNotFoundEither) {
  Emulator emulator;
  const auto [answer, end] = RawClient(emulator).all_of(get("/x%ff", emulator, "Connection: close\r\n"));
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 404") << answer;
  EXPECT_NE(answer.find("undocumented"), std::string::npos) << answer;
}

TEST(EmulatorFaultsTest, OnTheWire) {
  Emulator emulator;
  emulator.add_route("GET", "/ten", [](const auto&) { return EmulatorResponse{200, {}, "0123456789", {}}; });
  const auto ask = [&] { return RawClient(emulator).all_of(get("/ten", emulator, "Connection: close\r\n")); };
  const auto [whole, whole_end] = ask();
  EXPECT_EQ(whole.substr(whole.find("\r\n\r\n") + 4), "0123456789");
  using Seen = std::pair<std::string, int>;
  const auto failed = [&](FaultKind kind) -> Seen {
    emulator.fail_next({kind, true, {}});
    return ask();
  };
  EXPECT_EQ(failed(FaultKind::drop), Seen("", 0));
  EXPECT_EQ(failed(FaultKind::reset), Seen("", ECONNRESET));
  EXPECT_EQ(failed(FaultKind::reset_after_status_line), Seen("HTTP/1.1 200 OK\r\n", ECONNRESET));
  EXPECT_EQ(failed(FaultKind::half_body), Seen(whole.substr(0, whole.size() - 5), 0));
  EXPECT_EQ(failed(FaultKind::slow_bytes), Seen(whole, 0));
  emulator.fail_next({FaultKind::stall_in_body, true, {}});
  RawClient stalled(emulator);
  stalled.send(get("/ten", emulator, "Connection: close\r\n"));
  const std::string half = whole.substr(0, whole.size() - 5);
  std::string seen;
  for (std::string some; seen.size() < half.size() && !(some = stalled.receive()).empty();) seen += some;
  EXPECT_EQ(seen, half);
}

TEST(EmulatorFaultsTest, AConnectionIsKeptWhateverTheAnswersForm) {
  Emulator emulator;
  emulator.add_route("GET", "/ten", [](const auto&) { return EmulatorResponse{200, {}, "0123456789", {}}; });
  emulator.add_route("HEAD", "/ten", [](const auto&) { return EmulatorResponse{200, {}, "0123456789", {}}; });
  emulator.add_route("POST", "/ten", [](const auto&) { return EmulatorResponse{204, {}, "", {}}; });
  std::string head = get("/ten", emulator), post = head;
  head.replace(0, 3, "HEAD");
  post.replace(0, 3, "POST")
      .insert(post.size() - 2, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n");
  RawClient client(emulator);
  EXPECT_EQ(client.heads_of(head, 1).substr(0, 12), "HTTP/1.1 200");
  const std::string posted = client.heads_of(post + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 2);
  EXPECT_EQ(posted.substr(0, 12), "HTTP/1.1 100");
  EXPECT_NE(posted.find("HTTP/1.1 204"), std::string::npos) << posted;
  const auto [whole, end] = client.all_of(get("/ten", emulator, "Connection: close\r\n"));
  EXPECT_EQ(whole.substr(0, 12), "HTTP/1.1 200");
  EXPECT_EQ(whole.substr(whole.find("\r\n\r\n") + 4), "0123456789");
  const auto requests = emulator.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].method, "HEAD");
  EXPECT_EQ(requests[1].body, "abc");
}

TEST(EmulatorFaultsTest, AClientThatLeavesEarlyHarmsNobody) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  {
    Emulator emulator;
    const auto after = std::signal(SIGPIPE, SIG_DFL);
    EXPECT_EQ(after, SIG_DFL) << "the emulator changed what the program does about SIGPIPE";
    emulator.add_route("GET", "/long", [](const auto&) {
      return EmulatorResponse{200, {}, std::string(10'000'000, 'x'), {}};
    });
    for (const FaultKind kind : {FaultKind::slow_bytes, FaultKind::half_body}) {
      emulator.fail_next({kind, true, 0ms});
      RawClient client(emulator);
      client.send(get("/long", emulator));
      client.receive();
    }
    RawClient(emulator).send("GET /lo");
    RawClient(emulator).send(get("/long", emulator) + get("/long", emulator));
    EXPECT_EQ(Client(emulator.config()).companies().list().size(), 50u);
  }
  std::signal(SIGPIPE, before);
}

TEST(EmulatorFaultsTest, StandInLineWithAnswers) {
  Emulator emulator(emulator_options());
  const Client client(once(emulator));
  emulator.answer_next({418, {}, "", {}});
  emulator.fail_next({FaultKind::half_body, true, {}});
  emulator.limit_next(2, 0s);
  emulator.answer_next({404, {}, "", {}});
  const auto list = [&] { client.companies().list(); };
  EXPECT_EQ(thrown<operate::ApiError>(list)->status(), 418);
  EXPECT_TRUE(thrown<operate::TransportError>(list));
  EXPECT_TRUE(thrown<operate::RateLimitError>(list));
  EXPECT_TRUE(thrown<operate::RateLimitError>(list));
  EXPECT_TRUE(thrown<operate::NotFoundError>(list));
  list();
}

TEST(EmulatorFaultsTest, AStormOf429IsWaitedOut) {
  Emulator emulator(emulator_options());
  auto config = emulator.config();
  const auto clock = std::make_shared<operate::testing::ManualClock>();
  config.clock = clock;
  emulator.limit_next(2, 7s);
  EXPECT_EQ(Client(config).companies().list().size(), 50u);
  ASSERT_EQ(clock->sleeps().size(), 2u);
  for (const auto sleep : clock->sleeps()) EXPECT_GE(sleep, 7s);

  emulator.limit_next(1, 7s);
  config.retry.max_retries = 0;
  const auto error = thrown<operate::RateLimitError>([&] { Client(config).companies().list(); });
  EXPECT_EQ(error->retry_after(), 7s);
  EXPECT_EQ(error->type(), "undocumented");
}

TEST(EmulatorFaultsTest, LatencyHoldsBackEachAnswer) {
  Emulator emulator(emulator_options());
  emulator.set_latency(1h);
  const Client client(impatient(emulator));
  for (int i = 0; i < 2; ++i) EXPECT_THROW(client.companies().list(), operate::TimeoutError);
  emulator.set_latency(0ms);
  EXPECT_EQ(Client(emulator.config()).companies().list().size(), 50u);
}

TEST(EmulatorFaultsTest, WhatCannotBeIsRefused) {
  Emulator emulator(emulator_options());
  EXPECT_THROW(emulator.fail_next({}, 0), std::invalid_argument);
  EXPECT_THROW(emulator.fail_next({FaultKind::slow_bytes, true, -1ms}), std::invalid_argument);
  EXPECT_THROW(emulator.limit_next(0, 1s), std::invalid_argument);
  EXPECT_THROW(emulator.limit_next(1, -1s), std::invalid_argument);
  EXPECT_THROW(emulator.set_latency(-1ms), std::invalid_argument);
  EXPECT_THROW(emulator.rotate_api_key(""), std::invalid_argument);
  for (const char* key : {"bad key with blank", "line\r\nend", "k\u00e9y", "tab\t"})
    EXPECT_THROW(emulator.rotate_api_key(key), std::invalid_argument) << key;
  EXPECT_THROW(emulator.rotate_api_key(emulator.expired_api_key()), std::invalid_argument);
  EXPECT_THROW(emulator.rotate_api_key(emulator.forbidden_api_key()), std::invalid_argument);
  EXPECT_THROW(emulator.rotate_api_key("sk_new", -1ms), std::invalid_argument);
  for (const char* company : {"", "{", "[]", "{}", R"({"id":7})", R"({"id":""})"})
    EXPECT_THROW(emulator.add_company(operate::JsonText(company)), std::invalid_argument) << company;
  EXPECT_THROW(emulator.add_company(operate::JsonText(R"({"id":"1"})"), 74), std::invalid_argument);
  EXPECT_EQ(Client(emulator.config()).companies().list().pagination().total, 73);
}

bool is_good(const std::string& key, const Emulator& emulator) {
  auto config = emulator.config();
  config.api_key = key;
  try {
    Client(config).companies().list();
    return true;
  } catch (const operate::InvalidApiKeyError&) {
    return false;
  }
}

TEST(EmulatorFaultsTest, AKeyIsRotatedAtOnceOrAfterATime) {
  Emulator emulator(emulator_options());
  const std::string first = emulator.api_key();
  emulator.rotate_api_key("sk_second");
  EXPECT_EQ(emulator.api_key(), "sk_second");
  EXPECT_EQ(Client(emulator.config()).companies().list().size(), 50u);
  EXPECT_FALSE(is_good(first, emulator));

  emulator.rotate_api_key("sk_third", std::chrono::milliseconds::max());
  EXPECT_TRUE(is_good("sk_second", emulator));
  EXPECT_TRUE(is_good("sk_third", emulator));
  EXPECT_FALSE(is_good(first, emulator));

  emulator.rotate_api_key("sk_fourth", 1ms);
  while (is_good("sk_third", emulator)) continue;
  EXPECT_TRUE(is_good("sk_second", emulator));

  emulator.rotate_api_key("sk_second");
  emulator.rotate_api_key(first);
  EXPECT_FALSE(is_good("sk_second", emulator));
  EXPECT_TRUE(is_good(first, emulator));
  emulator.rotate_api_key(first);
  EXPECT_TRUE(is_good(first, emulator));
}

TEST(EmulatorFaultsTest, RequestsAreKeptWithoutTheirKeys) {
  auto options = emulator_options();
  options.companies = 1;
  Emulator emulator(options);
  auto config = once(emulator);
  Client(config).companies().list({10, 20});
  Client(config).people().create(ada());
  config.api_key = "sk_wrong";
  EXPECT_THROW(Client(config).call({"GET", "/no%20where", {}, ""}), operate::InvalidApiKeyError);
  emulator.fail_next({FaultKind::drop, false, {}});
  EXPECT_THROW(Client(config).call({"DELETE", "/x", {}, ""}), operate::TransportError);

  const auto requests = emulator.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[0].method + " " + requests[0].path, "GET /companies/list");
  EXPECT_EQ(requests[0].parameter("limit") + " " + requests[0].parameter("offset"), "10 20");
  EXPECT_EQ(requests[1].method + " " + requests[1].path, "POST /v/alpha/people/create");
  EXPECT_EQ(nlohmann::json::parse(requests[1].body)["full_name"], "Ada");
  EXPECT_EQ(requests[2].path, "/no where");
  EXPECT_EQ(requests[3].method, "DELETE");
  for (const auto& request : requests) EXPECT_EQ(request.header("X-Api-Key"), "[removed]");

  emulator.clear_requests();
  EXPECT_TRUE(emulator.requests().empty());
  const Client client(emulator.config());
  for (int i = 0; i < 1'002; ++i)
    client.call({"GET", "/companies/list", {{"offset", std::to_string(i)}}, ""});
  EXPECT_EQ(emulator.requests().size(), 1'000u);
  EXPECT_EQ(emulator.requests().front().parameter("offset"), "2");
}

class EmulatorPagesTest : public testing::Test {
 protected:
  static EmulatorOptions four_companies() {
    auto options = emulator_options();
    options.state = operate::JsonText(R"({"companies":[{"id":"1","name":"A"},{"id":"2","name":"B"},)"
                                      R"({"id":"3","name":"C"},{"id":"4","name":"D"}]})");
    return options;
  }

  // The ids of all companies, read two at a time, where `change` happens behind the first page.
  std::string read(std::function<void()> change, bool complete_under_change = false) {
    emulator_.after_each_page([change = std::move(change)](const auto& request) {
      if (request.parameter("offset") == "0" || request.parameter("offset").empty()) change();
    });
    operate::ListAllOptions two_at_a_time;
    two_at_a_time.page_size = 2;
    two_at_a_time.complete_under_change = complete_under_change;
    std::string ids;
    for (const auto& company : Client(emulator_.config()).companies().list_all(two_at_a_time))
      ids += company.id;
    return ids;
  }

  Emulator emulator_{four_companies()};
};

TEST_F(EmulatorPagesTest, ACompanyThatGoesTakesAnotherWithItUnlessTheListIsComplete) {
  EXPECT_EQ(read([&] { EXPECT_TRUE(emulator_.remove_company("1")); }), "124");
  EXPECT_FALSE(emulator_.remove_company("1"));
  emulator_.add_company(operate::JsonText(R"({"id":"1","name":"A"})"), 0);
  EXPECT_EQ(read([&] { emulator_.remove_company("1"); }, true), "1234");
}

TEST_F(EmulatorPagesTest, ACompanyThatComesInFrontShowsAnotherTwiceUnlessTheListIsComplete) {
  EXPECT_EQ(read([&] { emulator_.add_company(operate::JsonText(R"({"id":"0","name":"N"})"), 0); }), "12234");
  EXPECT_EQ(read([&] { emulator_.add_company(operate::JsonText(R"({"id":"00","name":"N"})"), 0); }, true),
            "01234");
}

TEST_F(EmulatorPagesTest, ACompanyThatComesAtTheEndIsSeen) {
  EXPECT_EQ(read([&] { emulator_.add_company(operate::JsonText(R"({"id":"5","name":"E"})")); }), "12345");
}

TEST_F(EmulatorPagesTest, ItMayCallAnythingElse) {
  EXPECT_EQ(read([&] {
              emulator_.after_each_page({});
              emulator_.fail_next({FaultKind::half_body, true, {}});
              EXPECT_EQ(emulator_.requests().size(), 1u);
            }),
            "1234");
  EXPECT_EQ(emulator_.requests().size(), 3u);
}

TEST_F(EmulatorPagesTest, ItsExceptionIsAnswered) {
  emulator_.after_each_page([](const auto&) { throw std::runtime_error("ouch"); });
  const Client client(once(emulator_));
  const auto error = thrown<operate::ServerError>([&] { client.companies().list(); });
  EXPECT_EQ(error->status(), 500);
  EXPECT_NE(error->message().find("ouch"), std::string::npos);
  // Where there is no page, it is not called.
  EXPECT_THROW(client.call({"GET", "/companies/list", {{"limit", "0"}}, ""}), operate::BadRequestError);
}

TEST(EmulatorFaultsTest, ManyThreadsAtOnce) {
  auto options = emulator_options();
  options.companies = 1;
  Emulator emulator(options);
  const Client client(emulator.config());
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 4; ++i)
    threads.push_back(std::async(std::launch::async, [&emulator, &client, i] {
      const std::string id = "new " + std::to_string(i);
      for (int round = 0; round < 10; ++round) {
        emulator.fail_next({lossy[static_cast<std::size_t>(i)], true, {}});
        emulator.add_company(operate::JsonText(R"({"id":")" + id + R"(","name":"N"})"), 0);
        static_cast<void>(operate::attempt([&] { return client.companies().list(); }));
        EXPECT_TRUE(emulator.remove_company(id));
        emulator.requests();
        emulator.api_key();
      }
    }));
  for (auto& thread : threads) thread.get();
  EXPECT_EQ(nlohmann::json::parse(emulator.state().text())["companies"].size(), 1u);
}

}  // namespace
