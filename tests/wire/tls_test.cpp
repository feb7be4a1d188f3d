#include <operate/operate.hpp>

#include "support/thrown.hpp"
#include "support/tls_server.hpp"

#include <gtest/gtest.h>

namespace {

using operate::Client;
using operate::test::thrown;
using operate::test::TlsServer;
using operate::testing::Certificate;

operate::Config config_of(const TlsServer& server) {
  operate::Config config;
  config.api_key = "sk_test";
  config.base_url = server.base_url();
  config.retry.max_retries = 0;
  return config;
}

void expect_refused(operate::Config config, std::size_t attempts = 1) {
  config.retry.max_retries = 1;
  config.retry.initial_delay = std::chrono::milliseconds(1);
  const auto error = thrown<operate::TransportError>([&] { Client(config).call({"POST", "/x", {}, "{}"}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), operate::TransportErrorKind::tls) << error->what();
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_EQ(error->attempts().size(), attempts);
  EXPECT_NE(std::string(error->what()).find("Config::ca_file"), std::string::npos);
}

TEST(TlsTest, TrustsACertificateOfItsCaFile) {
  const Certificate certificate("IP:127.0.0.1");
  const TlsServer server(certificate);
  auto config = config_of(server);
  config.ca_file = certificate.file();
  EXPECT_EQ(Client(config).call({"GET", "/x", {}, ""}).body, "{}");
}

// A certificate that is not trusted will not be at the next attempt either.
TEST(TlsTest, RefusesACertificateThatNobodyVouchesFor) {
  const Certificate certificate("IP:127.0.0.1"), another("IP:127.0.0.1");
  const TlsServer server(certificate);
  auto config = config_of(server);
  expect_refused(config);
  config.ca_file = another.file();
  expect_refused(config);
  for (const std::string& bad :
       {std::string("/nowhere/ca.pem"), std::string("/etc"), another.file() + '\0'}) {
    config.ca_file = bad;
    EXPECT_EQ(thrown<operate::ConfigError>([&] { Client client(config); })->setting(), "Config::ca_file");
  }
}

TEST(TlsTest, RefusesACertificateOfAnotherHost) {
  const Certificate certificate("IP:127.0.0.9");
  const TlsServer server(certificate);
  auto config = config_of(server);
  config.ca_file = certificate.file();
  expect_refused(config);
}

TEST(TlsTest, RefusesTls11) {
  const Certificate certificate("IP:127.0.0.1");
  const TlsServer server(certificate, /*newest_version=*/0x0302);
  auto config = config_of(server);
  config.ca_file = certificate.file();
  expect_refused(config, 2);
}

}  // namespace
