#include <operate/testing/emulator.hpp>

#include <operate/operate.hpp>

#include "support/emulator_options.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using operate::Client;
using operate::test::thrown;
using operate::testing::Emulator;
using operate::testing::EmulatorResponse;

// The server's own judgement of a body that the client would not send.
std::string refusal(const Client& client, const nlohmann::json& person) {
  try {
    client.call({"POST", "/v/alpha/people/create", {}, person.dump()});
    return "";
  } catch (const operate::BadRequestError& error) {
    EXPECT_EQ(error.type(), "undocumented");
    return error.message();
  }
}

TEST(EmulatorTest, RefusesKeysWithTheDocumentedBody) {
  const Emulator emulator(operate::test::emulator_options());
  httplib::Client bare(emulator.base_url());  // Ours cannot leave the key out.
  bare.set_ca_cert_path(emulator.ca_file().c_str());
  const auto ask = [&](const httplib::Headers& headers) { return bare.Get("/companies/list", headers); };
  for (const httplib::Headers& headers : {httplib::Headers{}, httplib::Headers{{"x-api-key", ""}}}) {
    const auto missing = ask(headers);
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->status, 400);
    EXPECT_EQ(
        nlohmann::json::parse(missing->body),
        nlohmann::json::parse(
            R"({"success":false,"error":{"type":"authentication_error","message":"Missing API Key"}})"));
  }
  for (const auto& [key, status] :
       {std::pair{emulator.expired_api_key(), 401}, std::pair{std::string("sk_other"), 401},
        std::pair{emulator.forbidden_api_key(), 403}}) {
    const auto refused = ask({{"x-api-key", key}});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, status);
    const auto body = nlohmann::json::parse(refused->body);
    EXPECT_EQ(body["success"], false);
    EXPECT_EQ(body["error"]["type"], "authentication_error");
    EXPECT_TRUE(body["error"]["message"].is_string());
  }
  EXPECT_EQ(ask({{"x-api-key", emulator.api_key()}})->status, 200);
}

TEST(EmulatorTest, ChecksEveryDocumentedRuleOfAPerson) {
  const Emulator emulator(operate::test::emulator_options());
  const Client client(emulator.config());
  const nlohmann::json good = {{"email", "a@x.example"}, {"full_name", "Ada"}};
  EXPECT_EQ(refusal(client, good), "");
  const auto with = [&](const char* member, const nlohmann::json& value) {
    nlohmann::json person = good;
    person[member] = value;
    return refusal(client, person);
  };
  const auto without = [&](const char* member) {
    nlohmann::json person = good;
    person.erase(member);
    return refusal(client, person);
  };
  EXPECT_EQ(with("email", {"a@x.example", "b@x.example"}), "");
  EXPECT_NE(with("email", nlohmann::json::array()), "");
  EXPECT_NE(with("email", 7), "");
  EXPECT_NE(without("email"), "");
  EXPECT_NE(without("full_name"), "");
  EXPECT_NE(with("full_name", ""), "");
  EXPECT_EQ(with("cue", std::string(280, 'x')), "");
  EXPECT_NE(with("cue", std::string(281, 'x')), "");
  EXPECT_NE(with("cue", 1), "");
  EXPECT_NE(with("timezone", 1), "");
  EXPECT_NE(with("location", {1}), "");
  EXPECT_NE(with("titles", "CTO"), "");
  EXPECT_NE(with("titles", {"CTO"}), "");
  EXPECT_NE(with("titles", {{{"title", 1}}}), "");
  EXPECT_NE(with("titles", {{{"company_id", "7"}}}), "");
  EXPECT_NE(with("titles", {{{"order_index", "0"}}}), "");
  EXPECT_EQ(
      with("titles",
           {{{"title", "CTO"}, {"company_id", "c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11"}, {"order_index", 0}}}),
      "");
  EXPECT_NE(refusal(client, nlohmann::json::array()), "");
}

TEST(EmulatorTest, ChecksTheRangesOfAList) {
  const Emulator emulator(operate::test::emulator_options());
  const Client client(emulator.config());
  const auto ask = [&](const char* name, const char* value) {
    return client.call({"GET", "/companies/list", {{name, value}}, ""}).status;
  };
  EXPECT_EQ(ask("limit", "100"), 200);
  EXPECT_EQ(ask("offset", "1000"), 200);
  for (const char* bad : {"0", "101", "-1", "ten", ""})
    EXPECT_THROW(ask("limit", bad), operate::BadRequestError) << bad;
  EXPECT_THROW(ask("offset", "-1"), operate::BadRequestError);
}

TEST(EmulatorTest, HasTheCompaniesThatWereAskedFor) {
  auto options = operate::test::emulator_options();
  options.companies = 1234;
  const Emulator emulator(options);
  EXPECT_EQ(Client(emulator.config()).companies().list().pagination().total, 1234);
  EXPECT_EQ(Client(Emulator(operate::test::emulator_options()).config())
                .companies()
                .list_all({50, 0, 0})
                .to_vector()
                .size(),
            0u);
}

TEST(EmulatorTest, AnswersScriptedOnesFirstAndInOrder) {
  Emulator emulator(operate::test::emulator_options());
  auto config = emulator.config();
  config.retry.max_retries = 0;
  const Client client(config);
  emulator.answer_next(
      {503, {{"x-a", "1"}, {"Content-Type", "text/plain"}}, "busy", std::chrono::milliseconds(5)});
  emulator.answer_next({418, {}, "", {}});
  const auto busy = thrown<operate::ServerError>([&] { client.companies().list(); });
  EXPECT_EQ(busy->body(), "busy");
  EXPECT_GE(busy->attempts()[0].duration, std::chrono::milliseconds(5));
  bool found = false;
  for (const auto& [name, value] : busy->headers()) found = found || (name == "x-a" && value == "1");
  EXPECT_TRUE(found);
  EXPECT_EQ(thrown<operate::ApiError>([&] { client.companies().list(); })->status(), 418);
  EXPECT_EQ(client.companies().list().size(), 50u);
}

TEST(EmulatorTest, ADelayDoesNotHoldUpItsEnd) {
  auto emulator = std::make_unique<Emulator>(operate::test::emulator_options());
  auto config = emulator->config();
  config.timeout = std::chrono::milliseconds(20);
  config.retry.max_retries = 0;
  emulator->answer_next({200, {}, "{}", std::chrono::hours(1)});
  EXPECT_THROW(Client(config).companies().list(), operate::TimeoutError);
  emulator.reset();
}

TEST(EmulatorTest, RoutesOfAUser) {
  Emulator emulator(operate::test::emulator_options());
  emulator.add_route("GET", "/companies/list", [](const auto&) {
    return EmulatorResponse{200, {}, "[]", {}};
  });
  emulator.add_route("POST", "/throws",
                     [](const auto&) -> EmulatorResponse { throw std::runtime_error("ouch"); });
  const Client client(emulator.config());
  EXPECT_EQ(client.call({"GET", "/companies/list", {}, ""}).body, "[]");
  const auto error = thrown<operate::ServerError>([&] { client.call({"POST", "/throws", {}, "{}"}); });
  EXPECT_NE(error->message().find("ouch"), std::string::npos);
}

TEST(EmulatorTest, AnAnswerThatCannotBeSentIsRefused) {
  Emulator emulator(operate::test::emulator_options());
  EXPECT_THROW(emulator.answer_next({0, {}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {{"content-length", "9"}}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {{"X", "a\r\nY: b"}}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {{"", "a"}}, "", {}}), std::invalid_argument);
  EXPECT_THROW(emulator.answer_next({200, {}, "", std::chrono::milliseconds(-1)}), std::invalid_argument);
  EXPECT_THROW(emulator.add_route("GET", "/n", {}), std::invalid_argument);
  EXPECT_THROW(operate::testing::Emulator({-1, 0, false, {}}), std::invalid_argument);
  emulator.add_route("GET", "/odd", [](const auto& request) {
    return EmulatorResponse{request.parameter("status") == "700" ? 700 : 200, {}, "", {}};
  });
  auto config = emulator.config();
  config.retry.max_retries = 0;
  const Client client(config);
  EXPECT_EQ(client.call({"GET", "/odd", {{"a", "b"}, {"status", "200"}}, ""}).status, 200);
  const auto error = thrown<operate::ServerError>([&] {
    client.call({"GET", "/odd", {{"status", "700"}}, ""});
  });
  EXPECT_NE(error->message().find("700"), std::string::npos);
}

TEST(EmulatorTest, APortThatIsTakenIsToldAtOnce) {
  const Emulator emulator(operate::test::emulator_options());
  auto options = operate::test::emulator_options();
  options.port =
      static_cast<std::uint16_t>(std::stoi(emulator.base_url().substr(emulator.base_url().rfind(':') + 1)));
  EXPECT_THROW(Emulator{options}, std::runtime_error);
}

TEST(EmulatorTest, OverTlsTheCertificateIsItsOwnAndGoesWithIt) {
  operate::testing::EmulatorOptions options;
  options.tls = true;
  std::string file;
  {
    const Emulator emulator(options), another(options);
    file = emulator.ca_file();
    EXPECT_EQ(emulator.base_url().substr(0, 18), "https://127.0.0.1:");
    auto config = emulator.config();
    EXPECT_EQ(Client(config).companies().list().size(), 50u);
    config.retry.max_retries = 0;
    for (const std::string& untrusted : {std::string(), another.ca_file()}) {
      config.ca_file = untrusted;
      const auto error = thrown<operate::TransportError>([&] { Client(config).companies().list(); });
      EXPECT_EQ(error->kind(), operate::TransportErrorKind::tls);
    }
    config.ca_file = emulator.ca_file();
    config.base_url.replace(8, 9, "localhost");
    EXPECT_EQ(Client(config).companies().list().size(), 50u);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(Emulator().ca_file(), "");
}

TEST(EmulatorTest, ItsStateIsSeededAndReadBack) {
  auto options = operate::test::emulator_options();
  options.state = operate::JsonText(
      R"({"people":[{"id":"p1"}],"companies":[{"id":"c1","name":"Acme","x":{"y":[1,null]}},{"id":"c2"}]})");
  const Emulator emulator(options);
  const Client client(emulator.config());
  const auto page = client.companies().list();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].raw.text(), R"({"id":"c1","name":"Acme","x":{"y":[1,null]}})");
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  const auto created = client.people().create(person);

  const auto state = nlohmann::json::parse(emulator.state().text());
  EXPECT_EQ(state["companies"], nlohmann::json::parse(options.state.text())["companies"]);
  ASSERT_EQ(state["people"].size(), 2u);
  EXPECT_EQ(state["people"][0], nlohmann::json::parse(R"({"id":"p1"})"));
  EXPECT_EQ(state["people"][1]["id"], created.id);
  EXPECT_EQ(state["people"][1]["email"], "ada@example.com");

  options.state = emulator.state();
  EXPECT_EQ(Emulator(options).state(), emulator.state());
}

TEST(EmulatorTest, AStateThatIsNoneIsRefusedWithTheReason) {
  const auto refused = [](const char* state) {
    operate::testing::EmulatorOptions options;
    options.state = operate::JsonText(state);
    return std::string(thrown<std::invalid_argument>([&] { Emulator{options}; })->what());
  };
  EXPECT_NE(refused("{").find("is no JSON"), std::string::npos);
  EXPECT_NE(refused("[]").find("is no object"), std::string::npos);
  EXPECT_NE(refused(R"({"deals":[]})").find("deals"), std::string::npos);
  EXPECT_NE(refused(R"({"people":{}})").find("people that are no array"), std::string::npos);
  EXPECT_NE(refused(R"({"companies":[{"id":"1"},{"id":2}]})").find("companies[1]"), std::string::npos);
  EXPECT_NE(refused(R"({"companies":[7]})").find("companies[0]"), std::string::npos);
}

}  // namespace
