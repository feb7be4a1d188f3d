#include <operate/client.hpp>
#include <operate/error.hpp>

#include "support/environment.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

namespace {

using operate::ApiKeySource;
using operate::Client;
using operate::Config;
using operate::ConfigError;
using operate::test::ScopedVariable;
using operate::test::TemporaryFolder;
using operate::test::thrown;

constexpr const char* variable = "OPERATE_API_KEY_SOURCE";

// What the error says, and that it never shows the text.
std::string refusal(const std::string& text) {
  const ScopedVariable source(variable, text.c_str());
  const auto error = thrown<ConfigError>([] { Client(Config{}); });
  EXPECT_TRUE(error) << text;
  if (!error) return "";
  EXPECT_EQ(error->setting(), variable);
  const std::string what = error->what();
  EXPECT_EQ(what.find("SENTINEL"), std::string::npos) << what;
  return what;
}

TEST(NamedSourceTest, AFileIsNamedByItsUrl) {
  const TemporaryFolder folder;
  folder.write("a key", "sk_file\n");
  const ScopedVariable url("OPERATE_BASE_URL", nullptr);
  for (const std::string& text :
       {"file://" + folder.path("a%20key"), "file://localhost" + folder.path("a key")}) {
    const ScopedVariable source(variable, text.c_str());
    EXPECT_NO_THROW(Client(Config{})) << text;
    EXPECT_NO_THROW(Client::from_environment()) << text;
  }
  EXPECT_NE(refusal("file://" + folder.path("nothing")).find("does not exist"), std::string::npos);
  for (const char* text : {"file://", "file://host/SENTINEL", "file://SENTINEL", "file:///SENTINEL%2",
                           "file:///SENTINEL%00", "file:///SENTINEL%0a"})
    EXPECT_NE(refusal(text).find("file:///run/secrets/"), std::string::npos) << text;
}

TEST(NamedSourceTest, ACommandIsAnArrayOfStrings) {
  const ScopedVariable source(variable, R"(command:["printf","sk_\u0063ommand"])");
  EXPECT_NO_THROW(Client(Config{}));  // Which runs nothing yet.
  EXPECT_NO_THROW(Client::from_environment());
  for (const char* text :
       {"command:", "command:op read SENTINEL", "command:[]", R"(command:[""])", R"(command:["op",1])",
        R"(command:["op"] SENTINEL)", R"(command:"op")", R"(command:{"op":"SENTINEL"})",
        R"(command:["op","\u0000"])", R"(command:[["op"]])"})
    EXPECT_NE(refusal(text).find("a JSON array of strings"), std::string::npos) << text;
}

TEST(NamedSourceTest, AnythingElseIsRefusedWithoutBeingShown) {
  for (const char* text : {"sk_live_SENTINEL", "/run/SENTINEL", "vault://SENTINEL", "FILE:///SENTINEL",
                           "file:/SENTINEL", " file:///SENTINEL", "commands:[\"SENTINEL\"]", "SENTINEL'"})
    EXPECT_NE(refusal(text).find("names no source of a key"), std::string::npos) << text;
  EXPECT_NE(refusal("'command:[\"SENTINEL\"]'").find("begins with a quotation mark"), std::string::npos);
}

TEST(NamedSourceTest, TwoVariablesThatNameAKeyAreRefused) {
  const ScopedVariable source(variable, "file:///nothing");
  for (const char* other : {"OPERATE_API_KEY", "OPERATE_API_KEY_FILE"}) {
    const ScopedVariable key(other, "x");
    for (const auto& make : {+[] { Client(Config{}); }, +[] { Client::from_environment(); }}) {
      const auto error = thrown<ConfigError>(make);
      ASSERT_TRUE(error);
      const std::string what = error->what();
      EXPECT_NE(what.find(std::string(other) + " and " + variable), std::string::npos) << what;
    }
  }
}

TEST(NamedSourceTest, AProfileNamesOneInTheSameWay) {
  const TemporaryFolder folder;
  const ScopedVariable home("XDG_CONFIG_HOME", folder.path("").c_str());
  const auto refused = [&](const std::string& profile) -> std::string {
    folder.write("operate/config.json", "{\"profiles\": {\"default\": {\n" + profile + "}}}");
    try {
      Client::from_environment();
      return "";
    } catch (const ConfigError& error) {
      EXPECT_EQ(error.setting(), "OPERATE_CONFIG_FILE");
      return error.what();
    }
  };
  const std::string key = folder.write("key", "sk_file");
  EXPECT_EQ(refused("\"api_key_source\": \"file://" + key + "\""), "");
  EXPECT_EQ(refused(R"("api_key_source": "command:[\"op\",\"read\"]")"), "");
  const std::string place = folder.path("operate/config.json") + ", line 2: ";
  EXPECT_EQ(refused(R"("api_key_source": "sk_live_1")").substr(0, place.size() + 11), place + "this names ");
  EXPECT_EQ(refused(R"("api_key_source": 7)"), place + "api_key_source of the profile default is no string.");
  EXPECT_EQ(refused(R"("api_key": "sk_1", "api_key_source": "file:///x")"),
            place + "the profile default has both api_key and api_key_source; only one can count.");
  EXPECT_NE(refused("\"api_key_source\": \"file:///nothing\"")
                .find(place + "The API key file /nothing does not exist"),
            std::string::npos);
}

TEST(NamedSourceTest, AProgramThatASettingNamesCanBeForbidden) {
  const TemporaryFolder folder;
  const ScopedVariable home("XDG_CONFIG_HOME", folder.path("").c_str());
  const auto setting = [](const std::function<Config()>& make) -> std::string {
    Config config = make();
    config.allow_key_command = false;
    try {
      Client{config};
      return "";
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find(": the API key is to come from a program, and "),
                std::string::npos)
          << error.what();
      return error.setting();
    }
  };
  folder.write("operate/config.json", R"({"profiles": {"default": {"api_key_source": "command:[\"op\"]"}}})");
  EXPECT_EQ(setting(&Config::from_environment), "OPERATE_CONFIG_FILE");
  const ScopedVariable source(variable, "command:[\"op\"]");
  EXPECT_EQ(setting(&Config::from_environment), variable);
  EXPECT_EQ(setting([] { return Config{}; }), variable);
  EXPECT_EQ(setting([] { return Config{ApiKeySource::command({"op"})}; }), "");
}

// So that a default of the program's own can be put where it is not set.
TEST(NamedSourceTest, FromEnvironmentSaysWhetherASourceWasNamed) {
  const TemporaryFolder folder;
  const ScopedVariable home("XDG_CONFIG_HOME", folder.path("").c_str());
  EXPECT_FALSE(Config::from_environment().api_key.is_set());
  const std::string key = folder.write("key", "sk_file");
  for (const auto& [name, value] : {std::pair<const char*, std::string>{"OPERATE_API_KEY", "sk_1"},
                                    {"OPERATE_API_KEY_FILE", key},
                                    {variable, "command:[\"op\"]"}}) {
    const ScopedVariable one(name, value.c_str());
    const Config config = Config::from_environment();
    EXPECT_TRUE(config.api_key.is_set()) << name;
    EXPECT_NO_THROW(Client{config}) << name;
  }
  const Config early = [] {
    const ScopedVariable gone_soon("OPERATE_API_KEY", "sk_1");
    return Config::from_environment();
  }();
  EXPECT_NO_THROW(Client{early});
  const ScopedVariable wrong(variable, "nonsense");
  EXPECT_THROW(Config::from_environment(), ConfigError);
}

}  // namespace
