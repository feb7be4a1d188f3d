#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>

#include "managers/stand_in.hpp"
#include "support/emulator_options.hpp"
#include "support/environment.hpp"
#include "support/raw_server.hpp"
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
  // What is said of a source that gives no key, whichever way the call is made.
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
        "infisical://p-0042", "infisical://", "infisical://p/prod?x=1", "infisical://p/%zz"}) {
    const ScopedVariable variable("OPERATE_API_KEY_SOURCE", source);
    config.api_key = {};
    const auto error = thrown<ConfigError>([&] { Client{config}; });
    ASSERT_TRUE(error) << source;
    EXPECT_NE(std::string(error->what()).find("OPERATE_API_KEY_SOURCE: a key in "), std::string::npos)
        << error->what();
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
  EXPECT_EQ(doppler_says(), at + "status 418. It says: token [api key] is  odd.");
  manager.answer_next(200, R"({"value":{"raw":"x"}})");
  EXPECT_EQ(doppler_says(), at + "the answer has no `value.computed`. Is the site Doppler's API?");
  manager.answer_next(200, "<html>");
  EXPECT_EQ(doppler_says(), at + "the answer has no `value.computed`. Is the site Doppler's API?");
  manager.answer_next(200, R"({"value":{"computed":""}})");
  EXPECT_EQ(doppler_says(), at + "the secret is empty.");
  manager.answer_next(200, R"({"value":{"computed":"SENTINEL and\nmore"}})");
  EXPECT_NE(doppler_says().find("The API key from Doppler (project crm"), std::string::npos);
  manager.answer_next(302, "");
  EXPECT_EQ(doppler_says(), at + "status 302.");
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
    refused([&] { ApiKeySource::doppler(options); }, "The site of Doppler");
    auto other = infisical();
    other.site_url = site;
    refused([&] { ApiKeySource::infisical(other); }, "The site of Infisical");
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
  EXPECT_NE(refusal(ApiKeySource::doppler(doppler())).find("status 503. It says: busy."), std::string::npos);
  EXPECT_EQ(manager.requests().size(), before + 3);
}

TEST_F(ManagersTest, AKeyIsReadAnewAheadOfItsTimeAndKeptWhereThatFails) {
  config.api_key = ApiKeySource::doppler(doppler());
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
  manager.answer_next(403, "{}", 2);
  EXPECT_EQ(asked(), 4u);
  EXPECT_EQ(asked(), 4u);
  clock->advance(30s);
  EXPECT_EQ(asked(), 5u);
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

TEST_F(ManagersTest, OthersGoOnWithTheOldKeyWhileOneReadsItAnew) {
  std::latch reading(1), go_on(1);
  std::atomic<int> reads{0};
  RawServer slow(
      [&](Connection& connection, int) {
        while (connection.read_request()) {
          if (++reads == 2) {
            reading.count_down();
            go_on.wait();
          }
          connection.answer(200, R"({"value":{"computed":")" + emulator.api_key() + "\"}}");
        }
      },
      operate::test::Wire::plain);
  auto options = doppler();
  options.site_url = slow.config().base_url;
  config.api_key = ApiKeySource::doppler(options);
  const Client client(config);
  EXPECT_EQ(client.companies().list().size(), 50u);
  clock->advance(250s);
  auto first = std::async(std::launch::async, [&] { return client.companies().list().size(); });
  reading.wait();
  EXPECT_EQ(client.companies().list().size(), 50u);
  EXPECT_EQ(client.companies().list_async().get().size(), 50u);
  EXPECT_EQ(reads, 2);
  go_on.count_down();
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
  std::latch asked(2);
  RawServer silent(
      [&](Connection& connection, int) {
        if (connection.read_request()) asked.count_down();
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
  class Refusing : public operate::Transport {
   public:
    operate::TransportResult send(const operate::TransportRequest& request,
                                  const operate::TransportLimits&) override {
      key = std::string(request.api_key);
      return operate::TransportResponse{200, {}, "{}", {}, {}};
    }
    std::string key;
  };
  const auto transport = std::make_shared<Refusing>();
  config.transport = transport;
  config.api_key = ApiKeySource::doppler(doppler());
  EXPECT_EQ(Client(config).call({"GET", "/x", {}, ""}).status, 200);
  EXPECT_EQ(transport->key, emulator.api_key());
  EXPECT_EQ(manager.requests(), Requests{doppler_read});
}

}  // namespace
