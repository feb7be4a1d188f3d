#include <operate/client.hpp>
#include <operate/error.hpp>

#include "support/environment.hpp"
#include "support/other_user.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using operate::Client;
using operate::Config;
using operate::ConfigError;
using operate::test::ScopedVariable;
using operate::test::thrown;

constexpr const char* two_profiles = R"({"profiles": {
  "default": {"api_key": "sk_of_the_default", "base_url": "http://localhost:1"},
  "staging": {"base_url": "http://localhost:2"}
}})";

class ProfileTest : public testing::Test {
 protected:
  // The usual file of the usual folder.
  std::string write(const std::string& text, int mode = 0600) const {
    return folder_.write("operate/config.json", text, mode);
  }

  // What the error for this text says, after the file's name.
  std::string refusal(const std::string& text) const {
    const std::string path = write(text);
    const auto error = thrown<ConfigError>([] { Config::from_environment(); });
    if (!error) return "";
    EXPECT_EQ(error->setting(), "OPERATE_CONFIG_FILE");
    const std::string what = error->what();
    EXPECT_EQ(what.substr(0, path.size()), path) << what;
    EXPECT_EQ(what.find("sk_"), std::string::npos) << what;
    return what.substr(std::min(path.size(), what.size()));
  }

  operate::test::TemporaryFolder folder_;
  ScopedVariable config_home_{"XDG_CONFIG_HOME", folder_.path("").c_str()};
};

TEST_F(ProfileTest, TheDefaultProfileIsUsedWithoutAnybodyAsking) {
  write(two_profiles);
  EXPECT_EQ(Config::from_environment().base_url, "http://localhost:1");
  EXPECT_NO_THROW(Client::from_environment());
}

TEST_F(ProfileTest, AnotherProfileIsNamedByTheVariable) {
  write(two_profiles);
  const ScopedVariable profile("OPERATE_PROFILE", "staging");
  EXPECT_EQ(Config::from_environment().base_url, "http://localhost:2");
  EXPECT_THROW(Client::from_environment(), ConfigError);  // It has no key.
}

TEST_F(ProfileTest, TheEnvironmentWinsOverTheFile) {
  write(R"({"profiles": {"default": {"api_key": "no key", "base_url": "http://localhost:1"}}})");
  EXPECT_THROW(Client::from_environment(), ConfigError);
  const ScopedVariable key("OPERATE_API_KEY", "sk_variable"), url("OPERATE_BASE_URL", "http://localhost:3");
  EXPECT_EQ(Config::from_environment().base_url, "http://localhost:3");
  EXPECT_NO_THROW(Client::from_environment());
}

TEST_F(ProfileTest, AClientOfASettingsStructDoesNotReadTheFile) {
  write(two_profiles);
  EXPECT_THROW(Client(Config{}), ConfigError);
}

TEST_F(ProfileTest, TheFileNeedNotExist) {
  EXPECT_EQ(Config::from_environment().base_url, Config().base_url);
  write(R"({"profiles": {"staging": {}}})");
  EXPECT_EQ(Config::from_environment().base_url, Config().base_url);
}

TEST_F(ProfileTest, LooksBelowHomeWhereThereIsNoOtherFolder) {
  folder_.write(".config/operate/config.json", two_profiles);
  const ScopedVariable home("HOME", folder_.path("").c_str());
  for (const char* unusable : {static_cast<const char*>(nullptr), "", "relative/folder"}) {
    const ScopedVariable config_home("XDG_CONFIG_HOME", unusable);
    EXPECT_EQ(Config::from_environment().base_url, "http://localhost:1");
  }
}

TEST_F(ProfileTest, AHomeOfAnotherUserCountsAsOneWithoutTheFile) {
  write(two_profiles);
  std::filesystem::permissions(folder_.path("operate"), std::filesystem::perms(0700));
  if (geteuid() != 0) GTEST_SKIP() << "Only root can be somebody else.";
  const operate::test::OtherUser nobody;
  EXPECT_EQ(Config::from_environment().base_url, Config().base_url);
}

TEST_F(ProfileTest, AFileThatWasNamedMustBeThere) {
  const ScopedVariable file("OPERATE_CONFIG_FILE", folder_.path("mine.json").c_str());
  const auto error = thrown<ConfigError>([] { Config::from_environment(); });
  EXPECT_NE(std::string(error->what()).find("mine.json does not exist"), std::string::npos) << error->what();
  folder_.write("mine.json", two_profiles);
  EXPECT_EQ(Config::from_environment().base_url, "http://localhost:1");
}

TEST_F(ProfileTest, AProfileThatWasNamedMustBeThere) {
  const ScopedVariable profile("OPERATE_PROFILE", "production");
  const auto without_file = thrown<ConfigError>([] { Config::from_environment(); });
  EXPECT_NE(std::string(without_file->what()).find("no settings file"), std::string::npos)
      << without_file->what();
  const std::string path = write(two_profiles);
  const auto error = thrown<ConfigError>([] { Config::from_environment(); });
  EXPECT_EQ(error->setting(), "OPERATE_PROFILE");
  EXPECT_NE(std::string(error->what()).find("production"), std::string::npos) << error->what();
  EXPECT_NE(std::string(error->what()).find(path), std::string::npos) << error->what();
}

TEST_F(ProfileTest, BrokenJsonIsRefusedWithTheLine) {
  EXPECT_EQ(refusal("{\"profiles\": {\n  \"default\": {\n    \"api_key\": \"sk_of_the_default\n  }\n}}"),
            ", line 3: this is no JSON from here on.");
  EXPECT_EQ(refusal("{\"profiles\": {\n\n  \"default\": {\"api_key\": sk_of_the_default}}}"),
            ", line 3: this is no JSON from here on.");
  EXPECT_EQ(refusal("{\"profiles\": {}\n"), ", line 1: this is no JSON from here on.");
  EXPECT_EQ(refusal(std::string("{}\n\n\n\0{}", 8)), ", line 4: this is no JSON from here on.");
  EXPECT_EQ(refusal(""), ", line 1: this is no JSON from here on.");
}

TEST_F(ProfileTest, EveryMistakeIsRefusedWithTheLine) {
  EXPECT_EQ(refusal("[]").substr(0, 30), ", line 1: there are no profile");
  EXPECT_EQ(refusal("{\n\"profiles\": 7\n}").substr(0, 31), ", line 2: profiles is no object");
  EXPECT_EQ(refusal("{\"profiles\": {\n\"default\":\n[]}}").substr(0, 42),
            ", line 3: the profile default is no object");
  EXPECT_EQ(refusal("{\"profiles\": {\"default\": {\n\"api_key\":\n7\n}}}"),
            ", line 3: api_key of the profile default is no string.");
  EXPECT_EQ(refusal("{\"profiles\": {\"default\": {\n\"base_url\": null}}}"),
            ", line 2: base_url of the profile default is no string.");
  EXPECT_EQ(refusal("{\"profiles\": {\"default\": {\n\"base_url\": \"api.operate.so\"}}}").substr(0, 34),
            ", line 2: base_url has no scheme. ");
  EXPECT_EQ(refusal("{\"profiles\": {\"default\": {\n\n\"apikey\": \"sk_of_the_default\"}}}"),
            ", line 3: here the profile default has a member that is no setting. The settings are api_key, "
            "api_key_source and "
            "base_url.");
  EXPECT_EQ(refusal("{\"profiles\": {\"default\": {\"api_key\": \"sk_1\",\n \"api_key\": \"sk_2\"}}}"),
            ", line 2: api_key stands here a second time.");
  EXPECT_EQ(refusal("{\"profiles\": {},\n\"profiles\": {}}"),
            ", line 2: profiles stands here a second time.");
  EXPECT_EQ(refusal("{\"profiles\": {\"default\": {},\n\"default\": {}}}"),
            ", line 2: default stands here a second time.");
}

TEST_F(ProfileTest, AKeyThatIsNoneIsRefusedWithItsPlace) {
  const std::string path = write("{\"profiles\": {\"default\": {\n\"api_key\": \"sk with blanks\"}}}");
  const auto error = thrown<ConfigError>([] { Client::from_environment(); });
  EXPECT_NE(std::string(error->what()).find(path + ", line 2, profile default"), std::string::npos)
      << error->what();
}

TEST_F(ProfileTest, WhatIsNoFileIsRefused) {
  const ScopedVariable file("OPERATE_CONFIG_FILE", folder_.path("").c_str());
  const auto error = thrown<ConfigError>([] { Config::from_environment(); });
  EXPECT_NE(std::string(error->what()).find("is a folder"), std::string::npos) << error->what();
}

TEST_F(ProfileTest, AnUnreadableFileIsRefused) {
  write(two_profiles, 0000);
  const operate::test::OtherUser nobody;
  const auto error = thrown<ConfigError>([] { Config::from_environment(); });
  EXPECT_NE(std::string(error->what()).find("Permission denied"), std::string::npos) << error->what();
}

TEST_F(ProfileTest, AFileWithAKeyThatOthersCanReadIsReportedOnce) {
  const std::string path = write(two_profiles, 0644);
  testing::internal::CaptureStderr();
  Config::from_environment();
  Config::from_environment();
  const std::string output = testing::internal::GetCapturedStderr();
  EXPECT_NE(output.find(path), std::string::npos);
  EXPECT_EQ(output.find(path), output.rfind(path));
}

TEST_F(ProfileTest, AFileWithoutAKeyMayBeOpenToAll) {
  write(R"({"profiles": {"default": {"base_url": "http://localhost:1"}}})", 0644);
  testing::internal::CaptureStderr();
  Config::from_environment();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
