#include <operate/operate.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using operate::attempt;

operate::Config without_key() {
  operate::Config config;
  config.api_key = "";
  return config;
}

TEST(ResultTest, HoldsAValueOrTheErrorWithItsType) {
  auto value = attempt([] { return std::make_unique<int>(7); });
  ASSERT_TRUE(value);
  EXPECT_EQ(*value.value(), 7);
  EXPECT_THROW(value.error(), std::logic_error);
  const std::unique_ptr<int> taken = std::move(value).value();
  EXPECT_EQ(*taken, 7);

  const auto error = attempt([] { return operate::Client(without_key()); });
  ASSERT_FALSE(error.has_value());
  EXPECT_NE(dynamic_cast<const operate::ConfigError*>(&error.error()), nullptr);
  EXPECT_THROW(error.value(), operate::ConfigError);
}

TEST(ResultTest, OneThatWasMovedFromSaysSo) {
  auto error = attempt([] { return operate::Client(without_key()); });
  const auto taken = std::move(error);
  EXPECT_THROW(taken.value(), operate::ConfigError);
  EXPECT_THROW(error.value(), std::logic_error);  // NOLINT(bugprone-use-after-move): what is tested.
  EXPECT_THROW(error.error(), std::logic_error);
}

TEST(ResultTest, WorksForCallsWithoutAValue) {
  int calls = 0;
  const auto done = attempt([&] { ++calls; });
  static_assert(std::is_same_v<decltype(done), const operate::Result<void>>);
  EXPECT_TRUE(done);
  EXPECT_NO_THROW(done.value());
  const auto failed = attempt([] { operate::Client client(without_key()); });
  EXPECT_FALSE(failed);
  EXPECT_THROW(failed.value(), operate::ConfigError);
}

TEST(ResultTest, CatchesTheSdksErrorsAlone) {
  EXPECT_THROW((void)attempt([]() -> int { throw std::runtime_error("mine"); }), std::runtime_error);
}

}  // namespace
