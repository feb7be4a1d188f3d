#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>

namespace {

using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;

operate::NewPerson ada() {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada Lovelace";
  return person;
}

operate::Config config_of(const RawServer& server) {
  auto config = server.config();
  config.retry.initial_delay = config.retry.max_delay = std::chrono::milliseconds(1);
  return config;
}

TEST(PeopleTest, CreatesAPersonWithEveryField) {
  operate::testing::Emulator emulator(operate::test::emulator_options());
  operate::NewPerson person = ada();
  person.cue = "met at the caf\xc3\xa9";
  person.timezone = "Europe/London";
  person.location = "London";
  person.titles = {{"Analyst", "c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11", 0}};
  person.extra = operate::JsonText(R"({"nickname":"The Enchantress"})");
  const auto created = Client(emulator.config()).people().create(person);
  EXPECT_FALSE(created.id.empty());
  EXPECT_EQ(created.full_name, person.full_name);
  EXPECT_EQ(created.emails, person.emails);
  EXPECT_EQ(created.cue, person.cue);
  EXPECT_EQ(created.timezone, person.timezone);
  EXPECT_EQ(created.location, person.location);
  ASSERT_EQ(created.titles.size(), 1u);
  EXPECT_EQ(created.titles[0].company_id, person.titles[0].company_id);
  EXPECT_EQ(created.raw.string("nickname"), "The Enchantress");

  person.emails.push_back("countess@example.com");
  EXPECT_EQ(Client(emulator.config()).people().create(person).emails, person.emails);
}

TEST(PeopleTest, SendsNothingOfAPersonThatBreaksARule) {
  RawServer server([](Connection&, int) {});
  const auto people = Client(config_of(server)).people();
  const auto refused = [&](const std::function<void(operate::NewPerson&)>& change) {
    operate::NewPerson person = ada();
    change(person);
    return thrown<operate::ValidationError>([&] { people.create(person); })->field();
  };
  EXPECT_EQ(refused([](auto& person) { person.emails = {}; }), "emails");
  EXPECT_EQ(refused([](auto& person) { person.emails = {"ada"}; }), "emails[0]");
  EXPECT_EQ(refused([](auto& person) { person.full_name = ""; }), "full_name");
  EXPECT_EQ(refused([](auto& person) { person.cue = std::string(281, 'x'); }), "cue");
  EXPECT_EQ(refused([](auto& person) { person.titles = {{"CTO", "7", {}}}; }), "titles[0].company_id");
  EXPECT_EQ(server.connections(), 0);
}

TEST(PeopleTest, AnyJsonOfSuccessIsAPerson) {
  for (const char* body : {R"({"success":true,"data":{"person":{"id":"7"}}})",
                           R"({"success":true,"data":{"id":"7"}})", R"({"id":"7","unheard":"of"})"}) {
    RawServer server([&](Connection& connection, int) {
      while (connection.read_request()) connection.answer(201, body);
    });
    EXPECT_EQ(Client(config_of(server)).people().create(ada()).id, "7") << body;
  }
  for (const char* body : {"[]", "null", R"({"success":true})", R"({"success":null,"data":7})"}) {
    RawServer server([&](Connection& connection, int) {
      while (connection.read_request()) connection.answer(200, body);
    });
    EXPECT_EQ(Client(config_of(server)).people().create(ada()).raw.text(), body);
  }
}

TEST(PeopleTest, ABodyThatIsNoJsonSaysThatThePersonMayExist) {
  for (const char* body : {"", "<html>", R"({"success":true,"data":{"id":"7")"}) {
    RawServer server([&](Connection& connection, int) {
      while (connection.read_request()) connection.answer(200, body);
    });
    const auto error =
        thrown<operate::DecodeError>([&] { Client(config_of(server)).people().create(ada()); });
    EXPECT_TRUE(error->may_have_been_applied());
    EXPECT_FALSE(error->retryable());
    const std::string what = error->what();
    EXPECT_EQ(what.find("the answer has no body. The server may") != std::string::npos, *body == '\0')
        << what;
  }
}

// A kept connection that the server closes after it has read a create is where libcurl would send it a second
// time.
TEST(PeopleTest, ACreateIsNeverSentTwiceByTheTransport) {
  for (const bool with_reset : {false, true}) {
    std::atomic<int> creates{0};
    RawServer server([&](Connection& connection, int) {
      for (;;) {
        const auto request = connection.read_request();
        if (!request) return;
        if (request->rfind("POST", 0) == 0) {
          ++creates;
          if (with_reset) connection.reset();
          return;
        }
        connection.answer(200, "{}");
      }
    });
    const Client client(config_of(server));
    client.call({"GET", "/warm-up", {}, ""});
    const auto error = thrown<operate::TransportError>([&] { client.people().create(ada()); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), operate::TransportErrorKind::receive);
    EXPECT_TRUE(error->may_have_been_applied());
    EXPECT_FALSE(error->retryable());
    EXPECT_EQ(creates, 1);
    EXPECT_EQ(error->attempts().size(), 1u);
    client.call({"GET", "/after", {}, ""});
    EXPECT_EQ(creates, 1);
  }
}

// libcurl makes a new connection by itself where a kept one is lost: that it is refused is not what happened.
TEST(PeopleTest, ACreateThatIsLostWithTheServerWasSent) {
  RawServer* all = nullptr;
  RawServer server([&](Connection& connection, int) {
    connection.read_request();
    connection.answer(200, "{}");
    connection.read_request();
    all->refuse();
  });
  all = &server;
  const Client client(config_of(server));
  client.call({"GET", "/warm-up", {}, ""});
  const auto error = thrown<operate::TransportError>([&] { client.people().create(ada()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), operate::TransportErrorKind::receive);
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_FALSE(error->retryable());
  EXPECT_EQ(error->attempts().at(0).failure, operate::TransportErrorKind::receive);
  EXPECT_NE(std::string(error->what()).find("(it ended without an answer)"), std::string::npos)
      << error->what();
}

TEST(PeopleTest, AnUnsafeCallWithoutABodyIsNotSentTwiceEither) {
  std::atomic<int> calls{0};
  RawServer server([&](Connection& connection, int) {
    for (;;) {
      const auto request = connection.read_request();
      if (!request) return;
      if (request->rfind("GET", 0) != 0) {
        ++calls;
        return;
      }
      connection.answer(200, "{}");
    }
  });
  const Client client(config_of(server));
  for (const char* method : {"DELETE", "POST", "PUT"}) {
    calls = 0;
    client.call({"GET", "/warm-up", {}, ""});
    const auto error = thrown<operate::TransportError>([&] { client.call({method, "/x", {}, ""}); });
    EXPECT_TRUE(error->may_have_been_applied());
    EXPECT_EQ(calls, 1) << method;
  }
}

TEST(PeopleTest, ACreateOnAKeptConnectionUsesIt) {
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request()) connection.answer(200, R"({"success":true,"data":{}})");
  });
  const Client client(config_of(server));
  for (int i = 0; i < 3; ++i) client.people().create(ada());
  EXPECT_EQ(server.connections(), 1);
}

TEST(PeopleTest, ACreateIsRepeatedAfterA429AndNotAfterA503) {
  std::atomic<int> creates{0};
  std::atomic<int> status{429};
  RawServer server([&](Connection& connection, int) {
    while (connection.read_request())
      if (++creates == 1)
        connection.answer(status, "", "Retry-After: 0\r\n");
      else
        connection.answer(200, R"({"success":true,"data":{}})");
  });
  const Client client(config_of(server));
  client.people().create(ada());
  EXPECT_EQ(creates, 2);
  creates = 0;
  status = 503;
  const auto error = thrown<operate::ServerError>([&] { client.people().create(ada()); });
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_EQ(creates, 1);
}

}  // namespace
