#include "core/trace_context.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using operate::Header;
using operate::core::set_trace_context;

const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string sent(const std::string& traceparent, const std::string& tracestate = {}) {
  std::vector<Header> headers = {{"Accept", "*/*"}};
  set_trace_context(headers, {traceparent, tracestate});
  std::string text;
  for (const auto& [name, value] : headers) text.append(name).append("=").append(value).append(";");
  return text;
}

TEST(TraceContextTest, IsAddedToTheHeaders) {
  EXPECT_EQ(sent(parent), "Accept=*/*;traceparent=" + parent + ";");
  EXPECT_EQ(sent(parent, "vendor=1"), "Accept=*/*;traceparent=" + parent + ";tracestate=vendor=1;");
}

TEST(TraceContextTest, TakesThePlaceOfTheLastAttempts) {
  const std::string other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  std::vector<Header> headers = {{"Accept", "*/*"}};
  set_trace_context(headers, {parent, "a=1"});
  set_trace_context(headers, {other, {}});
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[1].value, other);
  set_trace_context(headers, {});
  EXPECT_EQ(headers.size(), 1u);
}

TEST(TraceContextTest, WhatIsNoneIsNotSent) {
  for (const std::string& none :
       {std::string(), parent + "-", parent.substr(1), "01" + parent.substr(2), parent + "\r\nx: y",
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        std::string("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g"),
        std::string("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")})
    EXPECT_EQ(sent(none, "a=1"), "Accept=*/*;") << none;
  for (const std::string& none : {std::string("a=1\r\nx: y"), std::string(513, 'a'), std::string("a=\xff")})
    EXPECT_EQ(sent(parent, none), sent(parent)) << none;
}

}  // namespace
