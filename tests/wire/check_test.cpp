#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

namespace {

using operate::Client;
using operate::test::thrown;

TEST(CheckTest, AKeyThatWorksIsTold) {
  operate::testing::EmulatorOptions options = operate::test::emulator_options();
  for (const int companies : {0, 73}) {
    options.companies = companies;
    const operate::testing::Emulator emulator(options);
    const operate::Transfer transfer = Client(emulator.config()).check();
    EXPECT_EQ(transfer.http_version, "1.1");
    EXPECT_GT(transfer.bytes_received, 0);
  }
}

TEST(CheckTest, AKeyThatDoesNotWorkIsToldWithItsReason) {
  const operate::testing::Emulator emulator(operate::test::emulator_options());
  operate::Config config = emulator.config();
  config.api_key = emulator.expired_api_key();
  thrown<operate::InvalidApiKeyError>([&] { Client(config).check(); });
  config.api_key = emulator.forbidden_api_key();
  thrown<operate::PermissionDeniedError>([&] { Client(config).check(); });
  const auto without_exceptions = operate::attempt([&] { return Client(config).check(); });
  EXPECT_FALSE(without_exceptions);
}

TEST(CheckTest, SomethingElseThanTheApiIsNoGoodNews) {
  operate::test::RawServer portal([](operate::test::Connection& connection, int) {
    while (connection.read_request()) connection.answer(200, "<html>Welcome to this hotel's network</html>");
  });
  thrown<operate::DecodeError>([&] { Client(portal.config()).check(); });
}

TEST(CheckTest, ItsLimitsCanBeSet) {
  operate::test::RawServer silent([](operate::test::Connection& connection, int) {
    connection.read_request();
    connection.wait_for_close();
  });
  operate::RequestOptions options;
  options.timeout = std::chrono::milliseconds(5);
  options.max_retries = 0;
  const auto error = thrown<operate::TimeoutError>([&] { Client(silent.config()).check(options); });
  EXPECT_EQ(error->attempts().size(), 1u);
}

}  // namespace
