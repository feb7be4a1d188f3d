#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include "support/emulator_options.hpp"
#include "support/environment.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using operate::testing::Emulator;
using operate::testing::EmulatorResponse;
using operate::testing::ReceivedRequest;

// What a shell prints that is given the line. In a file: it may be longer than an argument may be.
std::string output_of(const std::string& line) {
  const operate::test::TemporaryFolder folder;
  std::string output;
  FILE* shell = popen(("sh " + folder.write("line", line + "\n") + " 2>&1").c_str(), "r");
  if (!shell) throw std::runtime_error("no shell");
  std::array<char, 4096> buffer{};
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), shell))
    output.append(buffer.data(), size);
  EXPECT_EQ(pclose(shell), 0) << output;
  return output;
}

// Tells all of a request.
EmulatorResponse echo(const ReceivedRequest& request) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : request.query) lines.push_back("query " + name + "=" + value);
  for (const auto& [name, value] : request.headers) lines.push_back("header " + name + ": " + value);
  std::sort(lines.begin(), lines.end());
  std::string body = request.method + " " + request.path + "\n";
  for (const std::string& line : lines) body.append(line).append("\n");
  return {200, {{"Content-Type", "text/plain"}}, body + request.body, {}};
}

class ExplainTest : public testing::Test {
 protected:
  Emulator emulator{operate::test::emulator_options()};
  operate::Client client{emulator.config()};
  operate::test::ScopedVariable key{"OPERATE_API_KEY", emulator.api_key().c_str()};
};

TEST_F(ExplainTest, TheLineGetsTheSameAnswer) {
  const operate::Request request{"GET", "/companies/list", {{"limit", "3"}, {"offset", "7"}}, ""};
  EXPECT_EQ(output_of(client.explain(request)), client.call(request).body);
}

TEST_F(ExplainTest, TheLineSendsTheSameRequest) {
  operate::RequestOptions options;
  options.headers = {{"x-quoted", R"(it's "$HOME" `pwd` \ *)"}, {"x-empty", ""}, {"User-Agent", "mine"}};
  options.query = {{"q[]", "a b&c=d'e"}, {"{x}", "$HOME"}};
  std::string binary =
      "a NUL, a line\r\n, a \\ and a % and ' and \x03\x1b[1m\t\x7f\x01"
      "9";
  binary[1] = '\0';
  const std::string large(2'000'000, '\\');  // For which curl would wait for a `100 Continue`.
  for (const operate::Request& request :
       {operate::Request{"GET", "/echo", {{"a", "1"}}, ""}, operate::Request{"DELETE", "/echo", {}, ""},
        operate::Request{"POST", "/echo", {}, ""}, operate::Request{"PUT", "/echo", {}, ""},
        operate::Request{"POST", "/echo", {}, R"({"it's":"$HOME `pwd` \" \\n"})"},
        operate::Request{"PATCH", "/echo", {}, "@file\nand a second line"},
        operate::Request{"DELETE", "/echo", {}, "{}"}, operate::Request{"POST", "/echo", {}, binary},
        operate::Request{"POST", "/echo", {}, large}}) {
    emulator.add_route(request.method, request.path, echo);
    EXPECT_EQ(output_of(client.explain(request)), client.call(request).body) << client.explain(request);
    EXPECT_EQ(output_of(client.explain(request, options)), client.call(request, options).body)
        << client.explain(request, options);
  }
}

TEST_F(ExplainTest, SendsNothingAndRefusesWhatCannotBeSent) {
  bool arrived = false;
  emulator.add_route("GET", "/echo", [&](const ReceivedRequest& request) {
    arrived = true;
    return echo(request);
  });
  client.explain({"GET", "/echo", {}, ""});
  EXPECT_FALSE(arrived);
  EXPECT_EQ(operate::test::thrown<operate::ValidationError>([&] {
              client.explain({"get", "/echo", {}, ""});
            })->field(),
            "method");
  operate::RequestOptions options;
  options.headers = {{"x-api-key", "mine"}};
  operate::test::thrown<operate::ValidationError>([&] { client.explain({"GET", "/echo", {}, ""}, options); });
}

}  // namespace
