// Data behind an answer, or on a connection that is idle, belongs to no request.
#include <operate/operate.hpp>

#include "support/raw_server.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <tuple>
#include <vector>

namespace {

using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;

struct Pieces {
  friend std::ostream& operator<<(std::ostream& out, const Pieces& pieces) { return out << pieces.name; }
  const char* name;
  const char* method;
  std::vector<std::string> sent;  ///< Each in a TLS record of its own, all in one segment.
};

std::string answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string unasked = answer("unasked for");

std::vector<Pieces> all_pieces() {
  const std::string first = answer("first");
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n";
  const std::string empty = "HTTP/1.1 204 No Content\r\n\r\n";
  std::vector<Pieces> all;
  for (const char* method : {"GET", "POST"}) {
    all.push_back({"OneRecord", method, {first + unasked}});
    all.push_back({"TwoRecords", method, {first, unasked}});
    all.push_back({"HeadAlone", method, {first.substr(0, first.size() - 5), "first" + unasked}});
    all.push_back({"ABeginning", method, {first, unasked.substr(0, 9)}});
    all.push_back({"ManyBytes", method, {first, unasked, std::string(60000, 'x')}});
    all.push_back({"ChunkedOneRecord", method, {chunked + unasked}});
    all.push_back({"ChunkedTwoRecords", method, {chunked, unasked}});
    all.push_back({"NoBodyOneRecord", method, {empty + unasked}});
    all.push_back({"NoBodyTwoRecords", method, {empty, unasked}});
  }
  all.push_back({"Head", "HEAD", {answer("unasked for")}});
  all.push_back({"HeadTwoRecords", "HEAD", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", unasked}});
  return all;
}

class UnsolicitedDataTest : public testing::TestWithParam<std::tuple<bool, Pieces>> {};

TEST_P(UnsolicitedDataTest, IsNotTakenForAResponse) {
  const auto& [async, pieces] = GetParam();
  RawServer server([&, &sent = pieces.sent](Connection& connection, int number) {
    if (number == 0 && connection.read_request()) connection.send_together(sent);
    while (connection.read_request()) connection.answer(200, "asked for");
  });
  const Client client(server.config());
  operate::RequestOptions once;
  once.max_retries = 0;
  const auto call = [&, &is_async = async](const char* method) {
    const std::string body = method == std::string("POST") ? "{}" : "";
    const operate::Request request{method, "/x", {}, body};
    return is_async ? client.call_async(request, once).get() : client.call(request, once);
  };
  EXPECT_NE(call(pieces.method).body, "unasked for");
  EXPECT_EQ(call("POST").body, "asked for");
  EXPECT_EQ(call("POST").body, "asked for");
  // libcurl 7.88 drops what it has read behind a last chunk, so that the first connection is as good as a new
  // one.
  EXPECT_LE(server.connections(), 2);
}

INSTANTIATE_TEST_SUITE_P(Call, UnsolicitedDataTest,
                         testing::Combine(testing::Bool(), testing::ValuesIn(all_pieces())),
                         [](const auto& info) {
                           const Pieces& pieces = std::get<Pieces>(info.param);
                           const char* how = std::get<bool>(info.param) ? "Async" : "Blocking";
                           return std::string(pieces.name) + pieces.method + how;
                         });

}  // namespace
