#include "core/http_date.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using operate::core::parse_http_date;
using std::chrono::system_clock;

TEST(HttpDateTest, ReadsTheThreeForms) {
  const system_clock::time_point time{784111777s};
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), time);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), time);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), time);
  EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994"), time + 240h);
}

TEST(HttpDateTest, KnowsLeapDaysLeapSecondsAndTwoDigitYears) {
  EXPECT_EQ(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT"), system_clock::time_point(1709164800s));
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT"), system_clock::time_point(1483228800s));
  EXPECT_EQ(parse_http_date("Friday, 01-Jan-27 00:00:00 GMT"), system_clock::time_point(1798761600s));
}

TEST(HttpDateTest, RefusesEverythingElse) {
  for (const char* bad : {"",
                          ",",
                          "Sun",
                          "Sun, ",
                          "soon",
                          "Sun, 06 Nov 1994 08:49:37",
                          "Sun, 06 Nov 1994 08:49:37 CET",
                          "Sun, 06 Nov 1994 08:49:37 GMT ",
                          " Sun, 06 Nov 1994 08:49:37 GMT",
                          "Sun, 6 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Nov 94 08:49:37 GMT",
                          "Sun, 30 Feb 1994 08:49:37 GMT",
                          "Wed, 29 Feb 2023 00:00:00 GMT",
                          "Sun, 00 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Foo 1994 08:49:37 GMT",
                          "Foo, 06 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 24:00:00 GMT",
                          "Sun, 06 Nov 1994 08:60:37 GMT",
                          "Sun, 06 Nov 1994 08:49:61 GMT",
                          "Sun, 06 Nov 1994 -8:49:37 GMT",
                          "Sun, 06 Nov 9999 08:49:37 GMT",
                          "Sun, 06 Nov 0000 08:49:37 GMT",
                          "Sun Nov 6 08:49:37 1994",
                          "Sun Nov  6 08:49:37",
                          "Sunday, 06-Nov-1994 08:49:37 GMT"})
    EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
}

}  // namespace
