#include <operate/operate.hpp>

#include "support/thrown.hpp"
#include "support/tls_server.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;
using operate::Client;
using operate::test::thrown;
using operate::test::TlsServer;
using operate::testing::Certificate;
using operate::testing::CertificateOptions;

operate::Config config_of(const TlsServer& server) {
  operate::Config config;
  config.api_key = "sk_test";
  config.base_url = server.base_url();
  config.retry.max_retries = 0;
  return config;
}

void expect_refused(operate::Config config, std::size_t most_attempts = 1) {
  config.retry.max_retries = 1;
  config.retry.initial_delay = std::chrono::milliseconds(1);
  const auto error = thrown<operate::TransportError>([&] { Client(config).call({"POST", "/x", {}, "{}"}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), operate::TransportErrorKind::tls) << error->what();
  EXPECT_FALSE(error->may_have_been_applied());
  EXPECT_LE(error->attempts().size(), most_attempts);
  EXPECT_NE(std::string(error->what()).find("Config::ca_file"), std::string::npos);
}

// A certificate that is not trusted will not be at the next attempt either, so that there is none.
TEST(TlsTest, TrustsWhatAnAuthorityOfTheCaFileVouchesForAndNothingElse) {
  constexpr const char* here = "IP:127.0.0.1";
  CertificateOptions may_vouch;
  may_vouch.authority = true;
  const Certificate authority("DNS:authority.test", may_vouch), another("DNS:authority.test", may_vouch);
  const Certificate leaf(here);
  const auto vouched = [&](CertificateOptions options = {}) {
    options.issuer = &authority;
    return options;
  };
  struct Row {
    const char* name;
    const char* names;
    CertificateOptions options;
    const Certificate& trusted;
    std::size_t most_attempts;  // 0 where it is trusted.
  };
  for (const auto& [name, names, options, trusted, most_attempts] : std::initializer_list<Row>{
           {"vouched for", here, vouched(), authority, 0},
           {"with several names", "DNS:api.operate.test,IP:127.0.0.1", vouched(), authority, 0},
           {"expired", here, vouched({-48h, -1h}), authority, 1},
           {"not yet valid", here, vouched({24h, 48h}), authority, 1},
           {"another host's address", "IP:127.0.0.9", vouched(), authority, 1},
           {"another host's name", "DNS:api.operate.test", vouched(), authority, 1},
           {"the address in front of a name", "DNS:127.0.0.1.operate.test", vouched(), authority, 1},
           {"any name", "DNS:*", vouched(), authority, 1},
           {"an unknown authority", here, vouched(), leaf, 1},
           // Some versions of OpenSSL call the wrong signature a failed handshake, which is tried twice.
           {"an unknown authority of the same name", here, vouched(), another, 2},
           {"self-signed", here, {}, authority, 1}}) {
    SCOPED_TRACE(name);
    const Certificate certificate(names, options);
    const TlsServer server(certificate);
    auto config = config_of(server);
    config.ca_file = trusted.file();
    if (most_attempts == 0)
      EXPECT_EQ(Client(config).call({"POST", "/x", {}, "{}"}).body, "{}");
    else
      expect_refused(config, most_attempts);
    config.ca_file = "";  // The system's authorities know none of them.
    expect_refused(config);
  }
}

TEST(TlsTest, TrustsASelfSignedCertificateThatIsItselfInTheCaFileWhileItIsGood) {
  for (const auto& [options, good] : std::initializer_list<std::pair<CertificateOptions, bool>>{
           {{}, true}, {{-48h, -1h}, false}, {{24h, 48h}, false}}) {
    const Certificate certificate("IP:127.0.0.1", options);
    const TlsServer server(certificate);
    auto config = config_of(server);
    config.ca_file = certificate.file();
    if (good)
      EXPECT_EQ(Client(config).call({"GET", "/x", {}, ""}).body, "{}");
    else
      expect_refused(config);
  }
}

TEST(TlsTest, ACaFileThatIsNoneIsRefusedBeforeAnythingIsSent) {
  const Certificate certificate("IP:127.0.0.1");
  const TlsServer server(certificate);
  auto config = config_of(server);
  for (const std::string& bad :
       {std::string("/nowhere/ca.pem"), std::string("/etc"), certificate.file() + '\0'}) {
    config.ca_file = bad;
    const auto error = thrown<operate::ConfigError>([&] { Client client(config); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->setting(), "Config::ca_file");
  }
}

TEST(TlsTest, RefusesTls11) {
  const Certificate certificate("IP:127.0.0.1");
  const TlsServer server(certificate, /*newest_version=*/0x0302);
  auto config = config_of(server);
  config.ca_file = certificate.file();
  expect_refused(config, 2);
}

}  // namespace
