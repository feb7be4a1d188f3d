#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>

#include "managers/stand_in.hpp"
#include "support/emulator_options.hpp"
#include "support/environment.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::ApiKeySource;
using operate::Client;
using operate::Config;
using operate::ConfigError;
using operate::DopplerOptions;
using operate::InfisicalOptions;
using operate::test::Connection;
using operate::test::ManagerStandIn;
using operate::test::RawServer;
using operate::test::ScopedVariable;
using operate::test::thrown;
using operate::testing::Emulator;

using Requests = std::vector<std::string>;

const std::string doppler_read = "GET /v3/configs/config/secret?project=crm&config=prd&name=OPERATE_API_KEY";
const std::string infisical_login = "POST /api/v1/auth/universal-auth/login";
const std::string infisical_read =
    "GET /api/v3/secrets/raw/OPERATE_API_KEY?workspaceId=p-0042&environment=prod&secretPath=%2F"
    "&expandSecretReferences=true&viewSecretValue=true";

class ManagersTest : public testing::Test {
 protected:
  ManagersTest() { config.clock = clock; }

  DopplerOptions doppler() const {
    DopplerOptions options;
    options.project = "crm";
    options.config = "prd";
    options.token = ManagerStandIn::doppler_token;
    options.site_url = manager.url();
    return options;
  }
  InfisicalOptions infisical() const {
    InfisicalOptions options;
    options.project_id = "p-0042";
    options.environment = "prod";
    options.client_id = ManagerStandIn::client_id;
    options.client_secret = ManagerStandIn::client_secret;
    options.site_url = manager.url();
    return options;
  }
  std::size_t list(const ApiKeySource& source) {
    config.api_key = source;
    return Client(config).companies().list().size();
  }
  // What is said of a source that gives no key.
  std::string refusal(const ApiKeySource& source) {
    config.api_key = source;
    const Client client(config);
    const auto error = thrown<ConfigError>([&] { client.companies().list(); });
    if (!error) return "";
    EXPECT_EQ(error->setting(), "Config::api_key");
    EXPECT_EQ(std::string(error->what()).find("SENTINEL"), std::string::npos) << error->what();
    return error->what();
  }

  Emulator emulator{operate::test::emulator_options()};
  ManagerStandIn manager{emulator.api_key()};
  Config config = emulator.config();
  std::shared_ptr<operate::testing::ManualClock> clock = std::make_shared<operate::testing::ManualClock>();
};

TEST_F(ManagersTest, DopplerIsAskedAsItsOwnClientAsks) {
  EXPECT_EQ(list(ApiKeySource::doppler(doppler())), 50u);
  EXPECT_EQ(manager.requests(), Requests{doppler_read});
  EXPECT_NE(
      manager.last_headers().find(std::string("Authorization: Bearer ") + ManagerStandIn::doppler_token),
      std::string::npos);
  EXPECT_EQ(manager.last_headers().find("x-api-key"), std::string::npos);

  auto options = doppler();
  options.project = options.config = "";
  EXPECT_EQ(list(ApiKeySource::doppler(options)), 50u);
  EXPECT_EQ(manager.requests().back(), "GET /v3/configs/config/secret?name=OPERATE_API_KEY");
  options.secret = "SP\xc3\x84T & FR\xc3\x9cH";
  EXPECT_EQ(list(ApiKeySource::doppler(options)), 50u);
}

TEST_F(ManagersTest, InfisicalIsAskedAsItsOwnClientAsks) {
  EXPECT_EQ(list(ApiKeySource::infisical(infisical())), 50u);
  EXPECT_EQ(manager.requests(), (Requests{infisical_login, infisical_read}));

  auto ready = infisical();
  ready.client_id = ready.client_secret = "";
  ready.token = ManagerStandIn::access_token;
  ready.secret_path = "/a b";
  EXPECT_EQ(list(ApiKeySource::infisical(ready)), 50u);
  EXPECT_EQ(manager.requests().size(), 3u);
  EXPECT_NE(manager.requests().back().find("secretPath=%2Fa%20b"), std::string::npos);
}

TEST(KeySourcesTest, EachIsOneLine) {
  const Client aws{
      {.api_key = ApiKeySource::aws_secrets_manager({.secret_id = "prod/operate", .json_key = "api_key"})}};
  const Client doppler{{.api_key = ApiKeySource::doppler({.project = "crm", .config = "prd"})}};
  const Client infisical{
      {.api_key = ApiKeySource::infisical({.project_id = "p-0042", .environment = "prod"})}};
  const Client command{{.api_key = ApiKeySource::command({"op", "read", "op://vault/operate/key"})}};
  const Client callback{{.api_key = ApiKeySource::callback([]() -> std::string {
                           ADD_FAILURE() << "nothing is asked for before a call";
                           return "key";
                         })}};
}

TEST_F(ManagersTest, TheEnvironmentSignsIn) {
  auto by_token = doppler();
  by_token.token = "";
  {
    const ScopedVariable token("DOPPLER_TOKEN", ManagerStandIn::doppler_token);
    EXPECT_EQ(list(ApiKeySource::doppler(by_token)), 50u);
  }
  auto options = infisical();
  options.client_id = options.client_secret = "";
  {
    const ScopedVariable token("INFISICAL_TOKEN", ManagerStandIn::access_token);
    EXPECT_EQ(list(ApiKeySource::infisical(options)), 50u);
    EXPECT_EQ(manager.requests().back(), infisical_read);
  }
  const ScopedVariable id("INFISICAL_CLIENT_ID", ManagerStandIn::client_id),
      secret("INFISICAL_CLIENT_SECRET", ManagerStandIn::client_secret),
      expired("INFISICAL_TOKEN", "an-expired-one");
  EXPECT_EQ(list(ApiKeySource::infisical(options)), 50u);  // An identity does not expire.
  options.token = ManagerStandIn::access_token;
  const auto before = manager.requests().size();
  EXPECT_EQ(list(ApiKeySource::infisical(options)), 50u);  // What the code says wins.
  EXPECT_EQ(manager.requests().size(), before + 1);
}

TEST_F(ManagersTest, SettingsNameThemInOneLine) {
  const ScopedVariable token("DOPPLER_TOKEN", ManagerStandIn::doppler_token),
      id("INFISICAL_CLIENT_ID", ManagerStandIn::client_id),
      secret("INFISICAL_CLIENT_SECRET", ManagerStandIn::client_secret);
  for (const std::string& source :
       {"doppler://crm/prd?site=" + manager.url(), "doppler://?secret=OPERATE_API_KEY&site=" + manager.url(),
        "infisical://p-0042/prod?site=" + manager.url(),
        "infisical://p-0042/prod?path=/a%20b&secret=OPERATE_API_KEY&site=" + manager.url()}) {
    const ScopedVariable variable("OPERATE_API_KEY_SOURCE", source.c_str());
    config.api_key = {};
    EXPECT_EQ(Client(config).companies().list().size(), 50u) << source;
  }
  for (const char* source :
       {"doppler://crm", "doppler://crm/prd/x", "doppler://crm/prd#x", "doppler://crm/prd?x=y",
        "doppler://crm/prd?secret", "doppler://crm/prd?secret=a&secret=b", "doppler://crm//",
        "doppler://SENTINEL@crm/prd", "infisical://SENTINEL@p/prod", "doppler://dp.st.prd.SENTINEL/prd",
        "doppler://crm/prd?secret=dp.st.prd.SENTINEL", "doppler://crm:dp.st.SENTINEL/prd",
        "infisical://Bearer%20st.SENTINEL/prod", "infisical://p/st.SENTINEL", "infisical://eyJSENTINEL/prod",
        "infisical://p-0042", "infisical://", "infisical://p/prod?x=1", "infisical://p/%zz"}) {
    const ScopedVariable variable("OPERATE_API_KEY_SOURCE", source);
    config.api_key = {};
    const auto error = thrown<ConfigError>([&] { Client{config}; });
    ASSERT_TRUE(error) << source;
    EXPECT_NE(std::string(error->what()).find("OPERATE_API_KEY_SOURCE: a key in "), std::string::npos)
        << error->what();
    EXPECT_EQ(std::string(error->what()).find("SENTINEL"), std::string::npos) << error->what();
  }
}

TEST_F(ManagersTest, EachWayToFailIsNamedInTheManagersOwnWords) {
  const std::string at = "No API key from Doppler (project crm, config prd, secret OPERATE_API_KEY): ";
  auto options = doppler();
  const auto doppler_says = [&] { return refusal(ApiKeySource::doppler(options)); };
  options.token = "dp.st.wrong";
  EXPECT_EQ(doppler_says(),
            at + "status 401, the token is not accepted. It says: Invalid Service token. Is "
                 "DOPPLER_TOKEN, or DopplerOptions::token, a service token that was not revoked?");
  options.token = "";
  EXPECT_EQ(doppler_says(),
            at + "there is no token. Set DOPPLER_TOKEN, or DopplerOptions::token, to a service token.");
  options.token = "a\nb";
  EXPECT_EQ(doppler_says(),
            at + "the token has a blank, a line break or another character that is not visible ASCII.");
  options = doppler();
  options.config = "dev";
  EXPECT_EQ(doppler_says(),
            "No API key from Doppler (project crm, config dev, secret OPERATE_API_KEY): status 403, the "
            "token may not "
            "read this. It says: This token does not have access to requested config. Give it access to the "
            "project "
            "and config.");
  options = doppler();
  options.secret = "NONE";
  EXPECT_NE(doppler_says().find(
                "status 404, there is no such secret. It says: Could not find requested secret: NONE"),
            std::string::npos);
  options = doppler();
  manager.answer_next(
      418, R"({"messages":["token )" + std::string(ManagerStandIn::doppler_token) + " is\\n odd\"]}");
  EXPECT_EQ(doppler_says(), at + "status 418. It says: token [secret] is  odd.");
  manager.answer_next(200, R"({"value":{"raw":"x"}})");
  EXPECT_EQ(doppler_says(), at + "the answer has no `value.computed`. Is the site Doppler's API?");
  manager.answer_next(200, "<html>");
  EXPECT_EQ(doppler_says(), at + "the answer has no `value.computed`. Is the site Doppler's API?");
  manager.answer_next(200, R"({"value":{"computed":""}})");
  EXPECT_EQ(doppler_says(), at + "the secret is empty.");
  manager.answer_next(200, R"({"value":{"computed":"SENTINEL and\nmore"}})");
  EXPECT_NE(doppler_says().find("The API key from Doppler (project crm"), std::string::npos);
  options.site_url = "http://127.0.0.1:1";
  EXPECT_NE(doppler_says().find(at + "no answer came from http://127.0.0.1:1 (connect: "), std::string::npos);

  const std::string in =
      "No API key from Infisical (project p-0042, environment prod, secret OPERATE_API_KEY): ";
  auto other = infisical();
  const auto infisical_says = [&] { return refusal(ApiKeySource::infisical(other)); };
  other.client_secret = "wrong";
  EXPECT_EQ(infisical_says(),
            in + "status 401 to the login. It says: Invalid credentials. Are the client id and secret "
                 "those of a machine identity with universal auth, and the site right?");
  other.client_secret = "";
  EXPECT_NE(infisical_says().find(in + "there is no client secret. Set INFISICAL_CLIENT_ID and "),
            std::string::npos);
  other.client_id = "";
  EXPECT_NE(infisical_says().find(in + "there is nothing to sign in with. Set INFISICAL_CLIENT_ID and "),
            std::string::npos);
  other.token = "expired";
  EXPECT_NE(infisical_says().find(in + "status 401, the token is not accepted. It says: Token is not valid."),
            std::string::npos);
  other = infisical();
  other.project_id = "p-1";
  EXPECT_NE(infisical_says().find(
                "status 403, the identity may not read this. It says: You do not have permission"),
            std::string::npos);
  other = infisical();
  other.environment = "dev";
  EXPECT_NE(infisical_says().find("status 404, there is no such secret. It says: Secret with name"),
            std::string::npos);
  other = infisical();
  manager.answer_next(200, "{}");
  EXPECT_EQ(infisical_says(), in + "the answer to the login has no `accessToken`. Is the site an Infisical?");
}

TEST_F(ManagersTest, NoRedirectIsFollowed) {
  RawServer elsewhere([](Connection&, int) {}, operate::test::Wire::plain);
  RawServer server(
      [&](Connection& connection, int) {
        while (connection.read_request())
          connection.answer(302, "", "Location: " + elsewhere.config().base_url + "/\r\n");
      },
      operate::test::Wire::plain);
  auto options = doppler();
  options.site_url = server.config().base_url;
  EXPECT_NE(refusal(ApiKeySource::doppler(options)).find("status 302, and no redirect is followed."),
            std::string::npos);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(ManagersTest, WhatMayPassIsRetryable) {
  const auto is_retryable = [&](const ApiKeySource& source) {
    config.api_key = source;
    const Client client(config);
    const auto error = thrown<ConfigError>([&] { client.companies().list(); });
    return error && error->retryable();
  };
  manager.answer_next(503, "{}", 3);
  EXPECT_TRUE(is_retryable(ApiKeySource::doppler(doppler())));
  manager.answer_next(403, "{}");
  EXPECT_FALSE(is_retryable(ApiKeySource::doppler(doppler())));
  const auto before = manager.requests().size();
  manager.answer_next(200, std::string(2u << 20, ' '));
  EXPECT_FALSE(is_retryable(ApiKeySource::doppler(doppler())));
  EXPECT_EQ(manager.requests().size(), before + 1);
  auto options = doppler();
  options.site_url = "http://127.0.0.1:1";
  EXPECT_TRUE(is_retryable(ApiKeySource::doppler(options)));
  // No certificate that anybody has reason to trust will come by itself.
  RawServer untrusted([](Connection& connection, int) { connection.read_request(); },
                      operate::test::Wire::tls);
  options.site_url = untrusted.config().base_url;
  config.ca_file = "";
  EXPECT_FALSE(is_retryable(ApiKeySource::doppler(options)));
}

// Taking it out of whatever is shown would take minutes.
TEST_F(ManagersTest, ATokenOfNoTokensSizeIsRefused) {
  manager.answer_next(200, R"({"accessToken":")" + std::string(900'000, 'a') + "\"}");
  EXPECT_NE(refusal(ApiKeySource::infisical(infisical())).find("has more than 8 KiB."), std::string::npos);
}

// At a rotation, that the source cannot be asked may pass as well; the server has done nothing meanwhile.
TEST_F(ManagersTest, ARefusedKeyIsRetryableWhereItsManagerMayComeBack) {
  config.api_key = ApiKeySource::doppler(doppler());
  const Client client(config);
  client.companies().list();
  emulator.rotate_api_key("key_two");
  for (const int status : {503, 403}) {
    manager.answer_next(status, "{}", status == 503 ? 3 : 1);
    const auto error = thrown<operate::InvalidApiKeyError>([&] { client.companies().list(); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->retryable(), status == 503) << error->what();
  }
}

TEST_F(ManagersTest, OptionsThatCannotBeAreRefusedWhereTheyAreGiven) {
  const auto refused = [](const std::function<void()>& make, const std::string& words) {
    const auto error = thrown<ConfigError>(make);
    ASSERT_TRUE(error) << words;
    EXPECT_NE(std::string(error->what()).find(words), std::string::npos) << error->what();
  };
  auto options = doppler();
  options.config = "";
  refused([&] { ApiKeySource::doppler(options); }, "a project and a config go together");
  options = doppler();
  options.secret = "";
  refused([&] { ApiKeySource::doppler(options); }, "its secret is empty");
  options = doppler();
  options.time_to_live = 999ms;
  refused([&] { ApiKeySource::doppler(options); },
          "its time to live is 999 ms; it must be at least 1 second.");
  for (const char* site :
       {"http://api.doppler.com", "http://10.0.0.1", "api.doppler.com", "https://u:p@host", ""}) {
    options = doppler();
    options.site_url = site;
    refused([&] { ApiKeySource::doppler(options); }, "secret OPERATE_API_KEY): its URL ");
    auto other = infisical();
    other.site_url = site;
    refused([&] { ApiKeySource::infisical(other); }, "secret OPERATE_API_KEY): its URL ");
  }
  auto other = infisical();
  other.project_id = "";
  refused([&] { ApiKeySource::infisical(other); }, "its project id is empty");
  other = infisical();
  other.secret_path = "a";
  refused([&] { ApiKeySource::infisical(other); }, "does not begin with `/`");
}

TEST_F(ManagersTest, WhatMayPassIsTriedAgainThreeTimesInAll) {
  for (const int status : {429, 500, 502, 503, 504}) {
    manager.answer_next(status, R"({"messages":["busy"]})", 2);
    EXPECT_EQ(list(ApiKeySource::doppler(doppler())), 50u) << status;
  }
  const auto before = manager.requests().size();
  manager.answer_next(503, R"({"messages":["busy"]})", 3);
  EXPECT_NE(refusal(ApiKeySource::doppler(doppler())).find("status 503, 3 times. It says: busy."),
            std::string::npos);
  EXPECT_EQ(manager.requests().size(), before + 3);
}

TEST_F(ManagersTest, AKeyIsReadAnewAheadOfItsTimeAndKeptWhereThatFails) {
  config.api_key = ApiKeySource::doppler(doppler());
  std::vector<std::string> lines;
  config.observer = operate::log_lines(operate::LogLevel::info, [&](std::string_view line) {
    if (line.find("goes on with the API key that there is: ") != std::string_view::npos)
      lines.emplace_back(line);
  });
  const Client client(config);
  const auto asked = [&] {
    EXPECT_EQ(client.companies().list().size(), 50u);
    return manager.requests().size();
  };
  EXPECT_EQ(asked(), 1u);
  clock->advance(239s);
  EXPECT_EQ(asked(), 1u);
  clock->advance(1s);  // Four fifths of five minutes.
  EXPECT_EQ(asked(), 2u);
  EXPECT_EQ(asked(), 2u);
  clock->advance(1h);  // Nobody asked for long.
  EXPECT_EQ(asked(), 3u);

  clock->advance(1h);
  manager.answer_next(403, R"({"messages":["no )" + emulator.api_key() + R"( here"]})", 2);
  EXPECT_EQ(asked(), 4u);
  EXPECT_EQ(asked(), 4u);
  EXPECT_EQ(lines.size(), 1u);
  EXPECT_NE(lines.at(0).find(
                "No API key from Doppler (project crm, config prd, secret OPERATE_API_KEY): status 403"),
            std::string::npos)
      << lines.at(0);
  EXPECT_EQ(lines.at(0).find(emulator.api_key()), std::string::npos) << lines.at(0);
  clock->advance(30s);
  EXPECT_EQ(asked(), 5u);
  EXPECT_EQ(lines.size(), 2u);
  clock->advance(30s);
  EXPECT_EQ(asked(), 6u);
  clock->advance(239s);
  EXPECT_EQ(asked(), 6u);

  // A new key is found ahead of the time, so that the server refuses none.
  manager.put("key_two");
  emulator.rotate_api_key("key_two", 1h);
  clock->advance(1s);
  emulator.clear_requests();
  EXPECT_EQ(asked(), 7u);
  emulator.rotate_api_key("key_two");
  EXPECT_EQ(asked(), 7u);
  EXPECT_EQ(emulator.requests().size(), 2u);
}

// Doppler, whose second answer waits.
struct SlowDoppler {
  explicit SlowDoppler(const Emulator& emulator) : key(emulator.api_key()) {}
  std::string url() const { return server.config().base_url; }

  const std::string key;
  std::latch reading{1};  // The second.
  std::latch go_on{1};
  std::atomic<int> reads{0};
  RawServer server{[this](Connection& connection, int) {
                     while (connection.read_request()) {
                       if (++reads == 2) {
                         reading.count_down();
                         go_on.wait();
                       }
                       connection.answer(200, R"({"value":{"computed":")" + key + "\"}}");
                     }
                   },
                   operate::test::Wire::plain};
};

TEST_F(ManagersTest, AnAsyncCallHasItReadAnewWithoutWaiting) {
  SlowDoppler slow(emulator);
  auto options = doppler();
  options.site_url = slow.url();
  config.api_key = ApiKeySource::doppler(options);
  const Client client(config);
  EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  EXPECT_EQ(slow.reads, 1);
  clock->advance(250s);
  EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  // Behind that call, or by this one.
  EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  slow.reading.wait();
  EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  slow.go_on.count_down();
}

TEST_F(ManagersTest, OthersGoOnWithTheOldKeyWhileOneReadsItAnew) {
  SlowDoppler slow(emulator);
  auto options = doppler();
  options.site_url = slow.url();
  config.api_key = ApiKeySource::doppler(options);
  const Client client(config);
  EXPECT_EQ(client.companies().list().size(), 50u);
  clock->advance(250s);
  auto first = std::async(std::launch::async, [&] { return client.companies().list().size(); });
  slow.reading.wait();
  EXPECT_EQ(client.companies().list().size(), 50u);
  EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  EXPECT_EQ(slow.reads, 2);
  slow.go_on.count_down();
  EXPECT_EQ(first.get(), 50u);
}

TEST_F(ManagersTest, AManagerThatHangsCostsNoCallItsDeadline) {
  std::atomic<int> reads{0};
  RawServer hanging(
      [&](Connection& connection, int) {
        while (connection.read_request()) {
          if (++reads > 1) break;
          connection.answer(200, R"({"value":{"computed":")" + emulator.api_key() + "\"}}");
        }
        connection.read_byte();
      },
      operate::test::Wire::plain);
  auto options = doppler();
  options.site_url = hanging.config().base_url;
  config.api_key = ApiKeySource::doppler(options);
  config.deadline = 400ms;
  const auto metrics = std::make_shared<operate::Metrics>();
  config.observer = metrics;
  const Client client(config);
  EXPECT_EQ(client.companies().list().size(), 50u);
  clock->advance(24h);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.companies().list().size(), 50u);
    EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  }
  EXPECT_EQ(reads, 2);  // Nobody asks again for 30 seconds.
  EXPECT_NE(metrics->text().find("\noperate_key_failures_total 1\n"), std::string::npos);
}

TEST_F(ManagersTest, WhoeverHasLittleTimeToReadItAnewFailsNobodyElse) {
  std::atomic<int> reads{0};
  RawServer hanging_once(
      [&](Connection& connection, int) {
        while (connection.read_request()) {
          const int read = ++reads;
          if (read == 2) {
            connection.read_byte();
            return;
          }
          connection.answer(
              200, R"({"value":{"computed":")" + (read == 1 ? emulator.api_key() : "key_two") + "\"}}");
        }
      },
      operate::test::Wire::plain);
  auto options = doppler();
  options.site_url = hanging_once.config().base_url;
  config.api_key = ApiKeySource::doppler(options);
  const Client client(config);
  EXPECT_EQ(client.companies().list().size(), 50u);
  clock->advance(250s);
  operate::RequestOptions short_of_time;
  short_of_time.deadline = 2s;
  auto first =
      std::async(std::launch::async, [&] { return client.companies().list({}, short_of_time).size(); });
  while (reads < 2 && first.wait_for(1ms) != std::future_status::ready) continue;
  emulator.rotate_api_key("key_two");
  EXPECT_EQ(client.companies().list().size(), 50u);
  EXPECT_EQ(first.get(), 50u);
}

TEST_F(ManagersTest, ARefusedKeyIsReadAnewAtOnce) {
  config.api_key = ApiKeySource::infisical(infisical());
  const Client client(config);
  EXPECT_EQ(client.companies().list().size(), 50u);
  emulator.rotate_api_key("key_two");
  manager.put("key_two");
  EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  EXPECT_EQ(manager.requests().size(), 4u);
}

TEST_F(ManagersTest, AManagerThatIsSilentHoldsNobodyLongerThanTheCallAllows) {
  config.clock = nullptr;
  RawServer silent(
      [](Connection& connection, int) {
        connection.read_request();
        connection.read_request();
      },
      operate::test::Wire::plain);
  auto options = doppler();
  options.site_url = silent.config().base_url;
  config.api_key = ApiKeySource::doppler(options);
  for (const bool async : {false, true}) {
    const Client client(config);
    operate::RequestOptions patient;
    patient.deadline = 300ms;
    const auto late = thrown<operate::TimeoutError>([&] {
      if (async)
        client.companies().list_async({}, patient).get();
      else
        client.companies().list({}, patient);
    });
    ASSERT_TRUE(late);
    EXPECT_EQ(late->limit(), operate::TimeLimit::api_key);
  }
  std::latch asked(1);
  RawServer asked_once(
      [&](Connection& connection, int) {
        if (connection.read_request()) asked.count_down();
        connection.read_request();
      },
      operate::test::Wire::plain);
  options.site_url = asked_once.config().base_url;
  config.api_key = ApiKeySource::doppler(options);
  const Client client(config);
  const operate::CancellationSource stop;
  operate::RequestOptions cancelled;
  cancelled.cancel = stop.token();
  auto call = std::async(std::launch::async, [&] { client.companies().list({}, cancelled); });
  asked.wait();
  stop.cancel();
  EXPECT_THROW(call.get(), operate::CancelledError);
}

TEST_F(ManagersTest, ATransportOfTheProgramsOwnHasNoPartInIt) {
  class KeepsTheKey : public operate::Transport {
   public:
    operate::TransportResult send(const operate::TransportRequest& request,
                                  const operate::TransportLimits&) override {
      key = std::string(request.api_key);
      return operate::TransportResponse{200, {}, "{}", {}, {}};
    }
    std::string key;
  };
  const auto transport = std::make_shared<KeepsTheKey>();
  config.transport = transport;
  config.api_key = ApiKeySource::doppler(doppler());
  EXPECT_EQ(Client(config).call({"GET", "/x", {}, ""}).status, 200);
  EXPECT_EQ(transport->key, emulator.api_key());
  EXPECT_EQ(manager.requests(), Requests{doppler_read});
}

class AwsTest : public ManagersTest {
 protected:
  AwsTest() {
    options.secret_id = "prod/operate";
    options.json_key = "api_key";
    options.endpoint_url = manager.url();
  }
  void sign_in_by_variables() {
    set("AWS_ACCESS_KEY_ID", ManagerStandIn::aws_key_id);
    set("AWS_SECRET_ACCESS_KEY", ManagerStandIn::aws_secret_key);
    set("AWS_REGION", "eu-west-1");
  }
  void set(const char* name, const std::string& value) {
    variables.push_back(std::make_unique<ScopedVariable>(name, value.c_str()));
  }
  std::size_t list() { return ManagersTest::list(ApiKeySource::aws_secrets_manager(options)); }
  std::string refusal() { return ManagersTest::refusal(ApiKeySource::aws_secrets_manager(options)); }

  const operate::test::TemporaryFolder folder;
  operate::AwsSecretsManagerOptions options;
  // None of this machine's own.
  std::vector<std::unique_ptr<ScopedVariable>> variables = [this] {
    std::vector<std::unique_ptr<ScopedVariable>> none;
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
                             "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
                             "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                             "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                             "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER",
                             "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"})
      none.push_back(std::make_unique<ScopedVariable>(name, nullptr));
    none.push_back(std::make_unique<ScopedVariable>("AWS_EC2_METADATA_DISABLED", "true"));
    none.push_back(std::make_unique<ScopedVariable>("HOME", folder.path("home").c_str()));
    return none;
  }();
};

TEST_F(AwsTest, TheVariablesSignIn) {
  sign_in_by_variables();
  EXPECT_EQ(list(), 50u);
  EXPECT_EQ(manager.requests(), Requests{"POST /"});
  options.secret_id = "plain";
  options.json_key = "";
  EXPECT_EQ(list(), 50u);
  options.secret_id =
      "\xc3\xb6"
      "dd/\"n\xc3\xa4me\"+=.@-";
  EXPECT_EQ(list(), 50u);
  set("AWS_ACCESS_KEY_ID", ManagerStandIn::aws_temporary_key_id);
  set("AWS_SESSION_TOKEN", ManagerStandIn::aws_session_token);
  EXPECT_EQ(list(), 50u);
  EXPECT_EQ(manager.last_headers().find("x-api-key"), std::string::npos);
}

TEST_F(AwsTest, AProfileSignsInAndSaysTheRegion) {
  const std::string keys =
      std::string("aws_access_key_id = ") + ManagerStandIn::aws_key_id +
      "\r\n aws_secret_access_key=no\naws_secret_access_key\t=" + ManagerStandIn::aws_secret_key + "\n";
  folder.write("home/.aws/credentials", "# mine\n[ops]\n" + keys + "; and\n[default]\n" + keys);
  folder.write("home/.aws/config",
               "[default]\nregion = eu-west-1\ns3 =\n  region = nowhere\n[profile ops]\nregion=eu-west-1\n");
  EXPECT_EQ(list(), 50u);
  options.profile = "ops";
  set("AWS_ACCESS_KEY_ID", "AKIANOBODY");  // Not looked at where the code names a profile.
  EXPECT_EQ(list(), 50u);
  options.profile = "";
  set("AWS_ACCESS_KEY_ID", "");
  set("AWS_PROFILE", "ops");
  EXPECT_EQ(list(), 50u);
  set("AWS_PROFILE", "nobody");
  EXPECT_NE(refusal().find("there is no region"), std::string::npos);
  set("AWS_REGION", "eu-west-1");
  EXPECT_NE(refusal().find("there are no keys in the profile nobody of "), std::string::npos);
  folder.write("home/.aws/config", "[profile nobody]\nsso_session = corp\n");
  EXPECT_NE(refusal().find("signs in by sso_session, which is not done here."), std::string::npos);
  // Other files.
  set("AWS_SHARED_CREDENTIALS_FILE", folder.write("mine", "[nobody]\n" + keys));
  EXPECT_EQ(list(), 50u);
}

TEST_F(AwsTest, AContainersRoleSignsIn) {
  set("AWS_REGION", "eu-west-1");
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", manager.url() + "/container/role?x=y");
  EXPECT_NE(
      refusal().find("status 403 from the container's credentials service. It says: not this task's token."),
      std::string::npos);
  set("AWS_CONTAINER_AUTHORIZATION_TOKEN", ManagerStandIn::container_token);
  EXPECT_EQ(list(), 50u);
  EXPECT_EQ(manager.requests().end()[-2], "GET /container/role?x=y");
  set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "");
  set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
      folder.write("token", std::string(ManagerStandIn::container_token) + "\n"));
  EXPECT_EQ(list(), 50u);
  manager.answer_next(200, "{}");
  EXPECT_NE(refusal().find("the container's credentials service gave no keys"), std::string::npos);
  manager.answer_next(503, "{}", 1);
  EXPECT_EQ(list(), 50u);
  set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/a b");  // Which wins.
  EXPECT_NE(refusal().find("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI holds a blank"), std::string::npos);
  set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "");
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/x");
  EXPECT_NE(refusal().find("AWS_CONTAINER_CREDENTIALS_FULL_URI names another machine by http"),
            std::string::npos);
}

TEST_F(AwsTest, TemporaryKeysAreLookedForEachTimeTheSecretIsRead) {
  set("AWS_REGION", "eu-west-1");
  set("AWS_CONTAINER_CREDENTIALS_FULL_URI", manager.url() + "/container/role");
  set("AWS_CONTAINER_AUTHORIZATION_TOKEN", ManagerStandIn::container_token);
  config.api_key = ApiKeySource::aws_secrets_manager(options);
  const Client client(config);
  client.companies().list();
  clock->advance(4min);
  client.companies().list();
  EXPECT_EQ(manager.requests(), (Requests{"GET /container/role", "POST /", "GET /container/role", "POST /"}));
}

TEST_F(AwsTest, AnInstancesRoleSignsIn) {
  set("AWS_REGION", "eu-west-1");
  EXPECT_NE(refusal().find(
                "there are no credentials for AWS: AWS_ACCESS_KEY_ID is not set, there are no keys in the "
                "profile default of "),
            std::string::npos);
  EXPECT_NE(refusal().find("AWS_EC2_METADATA_DISABLED is true."), std::string::npos);
  set("AWS_EC2_METADATA_DISABLED", "");
  set("AWS_EC2_METADATA_SERVICE_ENDPOINT", manager.url() + "/");
  EXPECT_EQ(list(), 50u);
  EXPECT_EQ(manager.requests(),
            (Requests{"PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/",
                      "GET /latest/meta-data/iam/security-credentials/the%20role", "POST /"}));
  manager.answer_next(403, "", 1);
  EXPECT_NE(refusal().find("the instance's metadata service answered with status 403"), std::string::npos);
  manager.answer_next(503, "", 2);
  EXPECT_NE(refusal().find("the instance's metadata service answered with status 503, 2 times"),
            std::string::npos);
  set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
  EXPECT_NE(refusal().find("nor is it an instance: no answer came from http://127.0.0.1:1 (connect: "),
            std::string::npos);
  set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://10.0.0.1");
  EXPECT_NE(refusal().find("AWS_EC2_METADATA_SERVICE_ENDPOINT names another machine by http"),
            std::string::npos);
}

TEST_F(AwsTest, WebIdentitiesAreRefusedAsAnotherRoleWouldBeTaken) {
  set("AWS_REGION", "eu-west-1");
  set("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/eks.amazonaws.com/serviceaccount/token");
  EXPECT_NE(refusal().find("AWS_WEB_IDENTITY_TOKEN_FILE signs in by a web identity, which is not done here."),
            std::string::npos);
  sign_in_by_variables();
  EXPECT_EQ(list(), 50u);
}

TEST_F(AwsTest, ThrottlingIsTriedAgain) {
  sign_in_by_variables();
  manager.answer_next(400, R"({"__type":"AccessDeniedException","message":"not prod/ThrottlingService"})");
  EXPECT_NE(refusal().find("status 400 (AccessDeniedException)"), std::string::npos);
  const char* throttled = R"({"__type":"ThrottlingException","message":"Rate exceeded"})";
  manager.answer_next(400, throttled, 2);
  EXPECT_EQ(list(), 50u);
  manager.answer_next(400, throttled, 3);
  EXPECT_NE(refusal().find("status 400, 3 times (ThrottlingException). It says: Rate exceeded."),
            std::string::npos);
}

TEST_F(AwsTest, TheRegionIsTheCodesTheEnvironmentsTheProfilesOrTheArns) {
  sign_in_by_variables();
  set("AWS_REGION", "");
  EXPECT_NE(refusal().find("there is no region. Set AWS_REGION"), std::string::npos);
  options.region = "eu-west-1";
  EXPECT_EQ(list(), 50u);
  options.region = "";
  set("AWS_DEFAULT_REGION", "eu-west-1");
  EXPECT_EQ(list(), 50u);
  set("AWS_DEFAULT_REGION", "");
  options.secret_id = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/operate-AbCdEf";
  EXPECT_EQ(list(), 50u);
  options.secret_id = "arn:";
  EXPECT_NE(refusal().find("there is no region"), std::string::npos);
  options.region = "eu-west-1/../x";
  EXPECT_NE(refusal().find("the region is none"), std::string::npos);
}

TEST_F(AwsTest, EachWayToFailIsNamedInAwssOwnWords) {
  sign_in_by_variables();
  const auto says = [&](const std::string& words) {
    const std::string what = refusal();
    EXPECT_NE(what.find(words), std::string::npos) << what;
  };
  const std::string at = "No API key from AWS Secrets Manager (secret prod/operate, member ";
  options.json_key = "none";
  says(at + "none): the secret has no member none.");
  options.json_key = "number";
  says(at + "number): the secret's member number is no string.");
  options.json_key = "";
  says("the secret is a JSON object. Name the member that is the key");
  options.secret_id = "plain";
  options.json_key = "api_key";
  says("the secret is no JSON object, so it has no member api_key.");
  options.json_key = "";
  options.secret_id = "binary";
  says("the secret is a binary one. Store the key as text.");
  options.secret_id = "denied";
  says(
      "status 400 (AccessDeniedException), these credentials may not read it. It says: User: "
      "arn:aws:iam::1:user/x is "
      "not authorized to perform: secretsmanager:GetSecretValue. They need ");
  options.secret_id = "nothing";
  says(
      "status 400 (ResourceNotFoundException), there is no such secret. It says: Secrets Manager can't find "
      "the "
      "specified secret. Are ");
  options.secret_id = "plain";
  options.version_stage = "AWSPENDING";
  says(
      "(ResourceNotFoundException), there is no such secret. It says: Secrets Manager can't find that "
      "staging label.");
  options.version_stage = "AWSCURRENT";
  manager.answer_next(200, R"({"SecretString":""})");
  says("the secret is empty.");
  manager.answer_next(200, "<html>");
  says("the answer has no `SecretString`. Is the endpoint AWS Secrets Manager's?");
  manager.answer_next(400, R"({"__type":"InvalidSignatureException","message":"calculated )" +
                               std::string(64, 'a') + " with " + ManagerStandIn::aws_secret_key + "\"}");
  says("the credentials are not accepted. It says: calculated " + std::string(64, '*') + " with [secret]");
  set("AWS_ACCESS_KEY_ID", "AKIANOBODY");
  says(
      "status 400 (UnrecognizedClientException), the credentials are not accepted. It says: The security "
      "token ");
  set("AWS_SECRET_ACCESS_KEY", "");
  says("of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, only one is set.");
  options.endpoint_url = "http://secretsmanager.example.com";
  EXPECT_THROW(ApiKeySource::aws_secrets_manager(options), ConfigError);
  options.endpoint_url = "";
  options.secret_id = "";
  EXPECT_THROW(ApiKeySource::aws_secrets_manager(options), ConfigError);
}

TEST_F(AwsTest, ASettingNamesItInOneLine) {
  sign_in_by_variables();
  set("AWS_ENDPOINT_URL_SECRETS_MANAGER", manager.url());
  config.api_key = {};
  for (const char* source : {"aws-secrets-manager://prod/operate#api_key", "aws-secrets-manager://plain",
                             "aws-secrets-manager://prod/operate?region=eu-west-1&stage=AWSCURRENT#api_key",
                             "aws-secrets-manager://arn:aws:secretsmanager:eu-west-1:1:secret:x#api_key"}) {
    const ScopedVariable variable("OPERATE_API_KEY_SOURCE", source);
    EXPECT_EQ(Client(config).companies().list().size(), 50u) << source;
  }
  for (const char* source :
       {"aws-secrets-manager://", "aws-secrets-manager://x?y=z", "aws-secrets-manager://x%zz",
        "aws-secrets-manager://AKIA:SENTINEL@prod/operate"}) {
    const ScopedVariable variable("OPERATE_API_KEY_SOURCE", source);
    const auto error = thrown<ConfigError>([&] { Client{config}; });
    ASSERT_TRUE(error) << source;
    EXPECT_NE(std::string(error->what()).find("a key in AWS Secrets Manager is "), std::string::npos);
    EXPECT_EQ(std::string(error->what()).find("SENTINEL"), std::string::npos) << error->what();
  }
}

}  // namespace
