#include <operate/client.hpp>
#include <operate/error.hpp>

#include "support/environment.hpp"
#include "support/other_user.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

namespace {

using operate::ApiKeySource;
using operate::Client;
using operate::Config;
using operate::ConfigError;
using operate::test::ScopedVariable;
using operate::test::TemporaryFolder;
using operate::test::thrown;

Client client_of(const std::string& path) {
  Config config;
  config.api_key = ApiKeySource::file(path);
  return Client(config);
}

void expect_refused(const std::string& path, const std::string& reason) {
  const auto error = thrown<ConfigError>([&] { client_of(path); });
  ASSERT_TRUE(error) << reason;
  const std::string what = error->what();
  EXPECT_NE(what.find(path), std::string::npos) << what;
  EXPECT_NE(what.find(reason), std::string::npos) << what;
  EXPECT_EQ(what.find("sk_file"), std::string::npos) << what;
  EXPECT_EQ(error->setting(), "Config::api_key");
}

TEST(KeyFileTest, OneNewlineAtTheEndIsNoPartOfTheKey) {
  const TemporaryFolder folder;
  for (const char* text : {"sk_file", "sk_file\n", "sk_file\r\n"})
    EXPECT_NO_THROW(client_of(folder.write("key", text))) << text;
}

TEST(KeyFileTest, AnythingElseThanAKeyIsRefused) {
  const TemporaryFolder folder;
  for (const std::string& text :
       {std::string("sk_file\n\n"), std::string("sk_file\nsk_file_2\n"), std::string(" sk_file"),
        std::string("sk_file "), std::string("sk file"), std::string("\xef\xbb\xbfsk_file"),
        std::string("sk_file\0", 8), std::string("sk_file\r"), std::string("sk_fil\xc3\xa9")})
    expect_refused(folder.write("key", text), "has a blank, a line break");
  expect_refused(folder.write("key", ""), "is empty");
  expect_refused(folder.write("key", "\n"), "is empty");
  expect_refused(folder.write("key", std::string(5'000, 'x')), "more than 4096 characters");
  expect_refused(folder.write("key", std::string(100'000, 'x')), "more than 64 KiB");
}

TEST(KeyFileTest, WhatCannotBeReadIsRefusedWithTheReason) {
  const TemporaryFolder folder;
  expect_refused(folder.path("nothing"), "does not exist");
  expect_refused("~/operate-no-such-key", "only a shell puts a folder in the place of ~");
  expect_refused(folder.path(""), "is a folder");
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expect_refused(pipe, "is a pipe");
  const std::string closed = folder.write("closed", "sk_file", 0000);
  const operate::test::OtherUser nobody;
  expect_refused(closed, "Permission denied");
}

TEST(KeyFileTest, AKeyInThePlaceOfAPathIsNotShown) {
  const auto error = thrown<ConfigError>([] { client_of("sk_file_SENTINEL"); });
  ASSERT_TRUE(error);
  const std::string what = error->what();
  EXPECT_NE(what.find("The API key file does not exist"), std::string::npos) << what;
  EXPECT_EQ(what.find("SENTINEL"), std::string::npos) << what;
}

TEST(KeyFileTest, AUrlInThePlaceOfAPathIsNamedAsSuch) {
  const auto error = thrown<ConfigError>([] { client_of("file:///run/secrets/key"); });
  ASSERT_TRUE(error);
  EXPECT_NE(std::string(error->what()).find("is named by its path, not by a URL"), std::string::npos)
      << error->what();
}

TEST(KeyFileTest, AnEmptyPathIsRefused) {
  EXPECT_THROW(client_of(""), ConfigError);
  EXPECT_THROW(client_of(std::string("a\0b", 3)), ConfigError);
}

TEST(KeyFileTest, TheVariableNamesAFile) {
  const TemporaryFolder folder;
  const ScopedVariable none("OPERATE_API_KEY", nullptr);
  {
    const ScopedVariable file("OPERATE_API_KEY_FILE", folder.write("key", "sk_file\n").c_str());
    EXPECT_NO_THROW(Client(Config{}));
    EXPECT_NO_THROW(Client::from_environment());
  }
  const ScopedVariable file("OPERATE_API_KEY_FILE", folder.path("nothing").c_str());
  const auto error = thrown<ConfigError>([] { Client::from_environment(); });
  EXPECT_EQ(error->setting(), "OPERATE_API_KEY_FILE");
}

TEST(KeyFileTest, TwoSourcesOfAKeyAreRefusedUnlessTheCodeNamesOne) {
  const TemporaryFolder folder;
  const ScopedVariable key("OPERATE_API_KEY", "sk_variable");
  const ScopedVariable file("OPERATE_API_KEY_FILE", folder.write("key", "sk_file\n").c_str());
  for (const auto& make : {+[] { Client(Config{}); }, +[] { Client::from_environment(); }}) {
    const auto error = thrown<ConfigError>(make);
    ASSERT_TRUE(error);
    const std::string what = error->what();
    EXPECT_NE(what.find("OPERATE_API_KEY and OPERATE_API_KEY_FILE"), std::string::npos) << what;
  }
  Config config;
  config.api_key = "sk_literal";
  EXPECT_NO_THROW(Client{config});
}

TEST(KeyFileTest, AFileThatOthersCanReadIsReportedOnceAndWorks) {
  const TemporaryFolder folder;
  const std::string open = folder.write("open", "sk_file", 0644),
                    another = folder.write("another", "sk_file", 0604),
                    closed = folder.write("closed", "sk_file", 0640);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i)
    for (const std::string& path : {open, another, closed}) client_of(path);
  const std::string output = testing::internal::GetCapturedStderr();
  for (const std::string& path : {open, another}) {
    const std::size_t first = output.find(path);
    EXPECT_NE(first, std::string::npos) << output;
    EXPECT_EQ(output.find(path, first + 1), std::string::npos) << output;
  }
  EXPECT_EQ(output.find(closed), std::string::npos) << output;
  EXPECT_EQ(output.find("sk_file"), std::string::npos) << output;
}

}  // namespace
