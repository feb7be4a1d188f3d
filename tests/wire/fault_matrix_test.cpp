// What a network or a server can do, each fault on a raw socket, and the exact error that a list, a create
// and a generic call end in.
#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/raw_server.hpp"

#include <cxxabi.h>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using operate::test::Connection;
using operate::test::RawServer;

// The error's class with its kind, limit or status; with `!` where the server may have carried the call out.
struct Expected {
  std::string list, create, call;
};
Expected all(const std::string& outcome) { return {outcome, outcome, outcome}; }
// The create may have been carried out.
Expected lost(const std::string& outcome) { return {outcome, outcome + "!", outcome}; }
// The answer is none that the API documents, which the generic call takes all the same.
Expected undocumented() { return {"DecodeError", "DecodeError!", "ok"}; }
// The answer is JSON, which is enough for a create.
Expected no_list() { return {"DecodeError", "ok", "ok"}; }

enum class Stage {
  refused,    ///< Nobody listens.
  handshake,  ///< The connection has been made; of TLS alone.
  request,    ///< The whole request has been read.
};

struct Row {
  std::string name;
  Stage stage;
  std::function<void(Connection&)> fault;
  Expected expected;
  int most_creates = 1;  ///< How often the server may receive a create.
};

// Sends the text and closes.
Row cut(std::string name, std::string text, Expected expected) {
  return {std::move(name), Stage::request, [text = std::move(text)](Connection& c) { c.send(text); },
          std::move(expected)};
}
// Sends the text and ends with a reset.
Row reset(std::string name, std::string text, Expected expected) {
  return {std::move(name), Stage::request,
          [text = std::move(text)](Connection& c) {
            c.send(text);
            c.reset();
          },
          std::move(expected)};
}
// Sends the text, and then nothing more.
Row slow(std::string name, std::string text, Expected expected) {
  return {std::move(name), Stage::request,
          [text = std::move(text)](Connection& c) {
            c.send(text);
            c.wait_for_close();
          },
          std::move(expected)};
}
Row answer(std::string name, int status, std::string body, Expected expected, std::string headers = {},
           int most_creates = 1) {
  return {std::move(name), Stage::request,
          [=](Connection& c) { c.answer(status, body, headers + "Connection: close\r\n"); },
          std::move(expected), most_creates};
}
Row handshake(std::string name, std::function<void(Connection&)> fault, Expected expected) {
  return {std::move(name), Stage::handshake,
          [fault = std::move(fault)](Connection& c) {
            c.wait_for_bytes();
            fault(c);
          },
          std::move(expected)};
}

const std::string good = R"({"success":true,"data":{"companies":[{"id":"1","name":"A"}],)"
                         R"("pagination":{"total":1,"limit":50,"offset":0}}})";

// The list's answer with another text in place of one of its members.
std::string with(const std::string& member, const std::string& text) {
  std::string body = good;
  return body.replace(body.find(member), member.size(), text);
}

std::string head(const std::string& headers) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\n" + headers + "\r\n";
}
std::string length(const std::string& text) { return "Content-Length: " + text + "\r\n"; }
std::string chunked(const std::string& body) { return head("Transfer-Encoding: chunked\r\n") + body; }
std::string hex(std::size_t number) {
  std::string text;
  for (; number > 0; number /= 16) text.insert(text.begin(), "0123456789abcdef"[number % 16]);
  return text;
}

void add_lost_connections(std::vector<Row>& rows) {
  const auto receive = lost("TransportError(receive)");
  rows.push_back({"refused", Stage::refused, {}, all("TransportError(connect)"), 0});
  rows.push_back(handshake(
      "closed in the handshake", [](Connection&) {}, all("TransportError(tls)")));
  rows.push_back(handshake(
      "reset in the handshake", [](Connection& c) { c.reset(); }, all("TransportError(tls)")));
  rows.push_back(handshake(
      "a handshake that is none", [](Connection& c) { c.send_raw("SSH-2.0-x\r\n"); },
      all("TransportError(tls)")));
  rows.push_back(handshake(
      "plain http in place of a handshake",
      [](Connection& c) { c.send_raw("HTTP/1.1 400 Bad Request\r\n\r\n"); }, all("TransportError(tls)")));
  rows.push_back(handshake(
      "a handshake that the server calls off",
      [](Connection& c) { c.send_raw("\x15\x03\x03\x00\x02\x02\x28"s); }, all("TransportError(tls)")));
  rows.push_back(handshake(
      "half a handshake, then closed", [](Connection& c) { c.send_raw("\x16\x03\x03\x00\x7a\x02\x00\x00"s); },
      all("TransportError(tls)")));
  rows.push_back(handshake(
      "a silent handshake", [](Connection& c) { c.wait_for_close(); }, all("TimeoutError(attempt)")));
  for (const auto& [where, text] : std::vector<std::pair<std::string, std::string>>{
           {"before the answer", ""},
           {"in the status line", "HTTP/1.1 2"},
           {"behind the status line", "HTTP/1.1 200 OK\r\n"},
           {"in a header", "HTTP/1.1 200 OK\r\nContent-Ty"},
           {"before the body", head(length("1000"))},
           {"in the body", head(length("1000")) + good},
           {"in a chunk", chunked("fff\r\n" + good)},
           {"between chunks", chunked(hex(good.size()) + "\r\n" + good + "\r\n")},
           {"in an interim answer", "HTTP/1.1 103 Early Hints\r\nLink: x"},
           {"behind an interim answer", "HTTP/1.1 103 Early Hints\r\n\r\n"}}) {
    rows.push_back(cut("closed " + where, text, receive));
    rows.push_back(reset("reset " + where, text, receive));
    rows.push_back(slow("silent " + where, text, lost("TimeoutError(attempt)")));
  }
}

void add_broken_messages(std::vector<Row>& rows) {
  const auto receive = lost("TransportError(receive)"), too_large = lost("TransportError(too_large)");
  const std::string size = std::to_string(good.size());
  rows.push_back(cut("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", receive));
  rows.push_back(cut("HTTP/0.9", good, receive));
  rows.push_back(cut("a status that is no number", "HTTP/1.1 abc OK\r\n\r\n", receive));
  rows.push_back(cut("a status of two digits", "HTTP/1.1 20\r\n\r\n", receive));
  rows.push_back(cut("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", receive));
  rows.push_back(cut("a status of 099", "HTTP/1.1 099 OK\r\n\r\n", receive));
  rows.push_back(cut("a status of 600", "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n", receive));
  rows.push_back(cut("a status of 999", "HTTP/1.1 999\r\nContent-Length: 0\r\n\r\n", receive));
  rows.push_back(cut("an unknown version", "HTTP/7.3 200 OK\r\n\r\n", receive));
  rows.push_back(cut("a status line without a reason",
                     "HTTP/1.1 200\r\nConnection: close\r\n" + length(size) + "\r\n" + good, all("ok")));
  rows.push_back(cut("lines that end in LF alone",
                     "HTTP/1.1 200 OK\nConnection: close\nContent-Length: " + size + "\n\n" + good,
                     all("ok")));
  rows.push_back(cut("a header without a colon", head("nonsense\r\n" + length(size)) + good, receive));
  rows.push_back(cut("a header with a NUL", head("x-a: b\0c\r\n"s + length(size)) + good, receive));
  rows.push_back(cut("a header of 10 MB", head("x-a: " + std::string(10'000'000, 'a') + "\r\n"), too_large));
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "x-" + std::to_string(i) + ": aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
  rows.push_back(cut("ten thousand headers", head(many), too_large));
  rows.push_back({"interim answers without end", Stage::request,
                  [](Connection& c) {
                    std::string some;
                    for (int i = 0; i < 1'000; ++i) some += "HTTP/1.1 100 Continue\r\n\r\n";
                    for (int i = 0; i < 1'000; ++i) c.send(some);
                  },
                  too_large});
  rows.push_back(cut(
      "an interim answer first",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + head(length(size)) + good, all("ok")));
  rows.push_back(slow("a switch of protocols that nobody asked for",
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                      receive));

  rows.push_back(cut("no length, until it closes", head("") + good, all("ok")));
  rows.push_back(cut("a length that is too small", head(length("10")) + good, undocumented()));
  rows.push_back(cut("a body behind the length", head(length(size)) + good + "more", all("ok")));
  rows.push_back(cut("a negative length", head(length("-1")) + good, receive));
  rows.push_back(cut("a length that is no number", head(length("ten")) + good, receive));
  rows.push_back(cut("an empty length", head(length("")) + good, receive));
  rows.push_back(cut("a length beyond 2^64", head(length("99999999999999999999999")) + good, receive));
  rows.push_back(cut("two lengths that differ", head(length("10") + length(size)) + good, receive));
  rows.push_back(
      cut("two lengths that differ, the other first", head(length(size) + length("10")) + good, receive));
  rows.push_back(cut("two lengths that are the same", head(length(size) + length(size)) + good, all("ok")));
  rows.push_back(cut("chunks and a length",
                     head(length("5") + "Transfer-Encoding: chunked\r\n") + hex(good.size()) + "\r\n" + good +
                         "\r\n0\r\n\r\n",
                     all("ok")));
  rows.push_back(
      cut("a chunk whose size is no number", chunked("xyz\r\n" + good + "\r\n0\r\n\r\n"), receive));
  rows.push_back(cut("a chunk of a negative size", chunked("-1\r\n" + good + "\r\n0\r\n\r\n"), receive));
  rows.push_back(cut("a chunk beyond 2^64", chunked("fffffffffffffffff\r\n" + good), receive));
  rows.push_back(cut("a chunk without a size", chunked("\r\n" + good + "\r\n0\r\n\r\n"), receive));
  rows.push_back(cut("a chunk longer than its size", chunked("5\r\n" + good + "\r\n0\r\n\r\n"), receive));
  rows.push_back(cut("an unknown transfer encoding", head("Transfer-Encoding: rot13\r\n") + good, receive));

  const std::string megabytes(3'000'000, ' ');
  rows.push_back(answer("a body over the cap", 200, megabytes, too_large));
  rows.push_back(
      cut("a body over the cap, in chunks", chunked(hex(megabytes.size()) + "\r\n" + megabytes), too_large));
  rows.push_back(cut("a body over the cap, until it closes", head("") + megabytes, too_large));
  // Two bits stand for 258 blanks.
  const std::string bomb =
      "\x1f\x8b\x08\0\0\0\0\0\x02\x03\xed\xc1\x81\0\0\0\0\xc3\x20\x95\xf9\x53\x1e\xe4\x55\x01"s +
      std::string(4'000, '\0');
  rows.push_back(
      answer("a body that unpacks a thousandfold", 200, bomb, too_large, "Content-Encoding: gzip\r\n"));
  rows.push_back(answer("an unknown encoding", 200, good, receive, "Content-Encoding: rot13\r\n"));
  rows.push_back(answer("a broken encoding", 200, good, receive, "Content-Encoding: gzip\r\n"));
  // libcurl does not say that the end is missing; what stands in the envelope's JSON does.
  rows.push_back(answer("an encoding that breaks off", 200, bomb.substr(0, 40), undocumented(),
                        "Content-Encoding: gzip\r\n"));
  rows.push_back(answer("ten encodings", 200, good, receive,
                        "Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip\r\n"));
}

void add_statuses(std::vector<Row>& rows) {
  const std::string page = "<!DOCTYPE html><title>Sign in</title>";
  for (const auto& [where, location] :
       std::vector<std::pair<std::string, std::string>>{{"the same host", "/elsewhere"},
                                                        {"another host", "https://127.0.0.2:9/"},
                                                        {"http", "http://127.0.0.1:9/"},
                                                        {"a file", "file:///etc/passwd"}})
    for (const int status : {301, 307})
      rows.push_back(answer("a redirect to " + where + ", " + std::to_string(status), status, "",
                            lost("TransportError(redirect)"), "Location: " + location + "\r\n"));
  rows.push_back(answer("a redirect to nowhere", 302, page, lost("TransportError(redirect)")));
  rows.push_back(
      cut("304", "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n", lost("TransportError(redirect)")));
  rows.push_back(cut("204", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", undocumented()));
  rows.push_back(answer("an empty 200", 200, "", undocumented()));
  rows.push_back(answer("a login page with 200", 200, page, undocumented(), "Content-Type: text/html\r\n"));
  rows.push_back(answer("a login page with 401", 401, page, all("InvalidApiKeyError(401)")));
  rows.push_back(answer("an empty 401", 401, "", all("InvalidApiKeyError(401)")));
  rows.push_back(answer("a login page with 403", 403, page, all("PermissionDeniedError(403)")));
  rows.push_back(answer("a 400 without an envelope", 400, page, all("BadRequestError(400)")));
  rows.push_back(answer("404", 404, page, all("NotFoundError(404)")));
  rows.push_back(answer("409", 409, "", all("ConflictError(409)")));
  rows.push_back(answer("418", 418, "", all("ApiError(418)")));
  rows.push_back(answer("422", 422, "", all("BadRequestError(422)")));
  rows.push_back(answer("407 without a proxy", 407, "", all("ApiError(407)")));
  rows.push_back(answer("408", 408, "", lost("ApiError(408)")));
  rows.push_back(answer("429", 429, "", all("RateLimitError(429)"), "", 2));
  for (const char* hint :
       {"soon", "-1", "1e9", "99999999999999999999", "Sun, 99 Nov 1994 08:49:37 GMT", "\xff"})
    rows.push_back(answer("429 with a hint that cannot be followed: "s + hint, 429, "",
                          all("RateLimitError(429)"),
                          "Retry-After: "s + hint + "\r\nRetry-After-Ms: \r\nRateLimit-Remaining: x\r\n", 2));
  for (const int status : {500, 501, 502, 503, 504, 599})
    rows.push_back(
        answer(std::to_string(status), status, page, lost("ServerError(" + std::to_string(status) + ")")));
}

void add_envelopes(std::vector<Row>& rows) {
  const auto failed = all("ApiError(200)");
  for (const char* body : {"{}", "[]", "null", "1", "\"\"", R"({"success":null})", R"({"success":"false"})",
                           R"({"success":0})", R"({"success":true})", R"({"success":true,"data":null})",
                           R"({"success":true,"data":[]})", R"({"success":true,"data":{}})"})
    rows.push_back(answer("the envelope "s + body, 200, body, no_list()));
  for (const auto& [member, text] : std::vector<std::pair<std::string, std::string>>{
           {R"("companies":[{"id":"1","name":"A"}],)", ""},
           {R"([{"id":"1","name":"A"}])", "{}"},
           {R"([{"id":"1","name":"A"}])", "null"},
           {R"([{"id":"1","name":"A"}])", "[1]"},
           {R"([{"id":"1","name":"A"}])", "[null]"},
           {R"("id":"1",)", ""},
           {R"("id":"1")", R"("id":1)"},
           {R"("id":"1")", R"("id":null)"},
           {R"(,"pagination":{"total":1,"limit":50,"offset":0})", ""},
           {R"({"total":1,"limit":50,"offset":0})", "[]"},
           {R"("total":1,)", ""},
           {R"("total":1)", R"("total":-1)"},
           {R"("total":1)", R"("total":1.0)"},
           {R"("total":1)", R"("total":"1")"},
           {R"("total":1)", R"("total":9223372036854775808)"},
           {R"("limit":50)", R"("limit":null)"},
           {R"("offset":0)", R"("offset":1e2)"}})
    rows.push_back(
        answer("a list with " + (text.empty() ? "no " + member : text), 200, with(member, text), no_list()));
  for (const auto& [member, text] : std::vector<std::pair<std::string, std::string>>{
           {R"("success":true,)", ""},
           {R"("success":true)", R"("success":true,"success":true)"},
           {R"("name":"A")", R"("name":{"a":[]})"},
           {R"("name":"A")", R"("name":"A","name":"B","n":-9223372036854775809,"m":1e308,"":0)"},
           {R"("name":"A")", R"("name":"\u0000")"},
           {R"("total":1)", R"("total":1,"total":1)"}})
    rows.push_back(answer("a list with " + (text.empty() ? "no " + member : text), 200, with(member, text),
                          member[1] == 's' && text.empty() ? no_list() : all("ok")));
  for (const auto& [name, text] :
       std::vector<std::pair<std::string, std::string>>{{"a NUL", "\"name\":\"\0\""s},
                                                        {"a lone surrogate", R"("name":"\ud800")"},
                                                        {"bytes that are no UTF-8", "\"name\":\"\xff\""},
                                                        {"a number that is none", R"("name":01)"},
                                                        {"a comma too many", R"("name":"A",)"},
                                                        {"a value that breaks off", R"("name":tru)"}})
    rows.push_back(answer("a list with " + name, 200, with(R"("name":"A")", text), undocumented()));
  rows.push_back(answer("a list and something behind it", 200, good + "x", undocumented()));
  rows.push_back(answer("a byte order mark", 200, "\xef\xbb\xbf" + good, all("ok")));
  rows.push_back(answer("a million brackets", 200, std::string(1'000'000, '['), undocumented()));
  for (const char* body :
       {R"({"success":false})", R"({"success":false,"error":null})", R"({"success":false,"error":"no"})",
        R"({"success":false,"error":{"type":1,"message":[]}})",
        R"({"success":false,"error":{"type":"t","message":"m"}})"})
    rows.push_back(answer("a 200 that says "s + body, 200, body, failed));
  for (const char* body :
       {"{", "[]", R"({"success":true})", R"({"error":{"type":null,"message":{"a":1}}})", R"({"error":[1]})"})
    rows.push_back(answer("a 401 that says "s + body, 401, body, all("InvalidApiKeyError(401)")));
}

std::vector<Row> rows() {
  std::vector<Row> rows;
  add_lost_connections(rows);
  add_broken_messages(rows);
  add_statuses(rows);
  add_envelopes(rows);
  return rows;
}

std::string class_of(const operate::Error& error) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), &std::free);
  const std::string text = name.get();
  return text.substr(text.rfind(':') + 1);
}

std::string outcome(const std::function<void()>& call) {
  try {
    call();
    return "ok";
  } catch (const operate::Error& error) {
    std::string text = class_of(error);
    if (const auto* timeout = dynamic_cast<const operate::TimeoutError*>(&error))
      text += "("s + to_string(timeout->limit()) + ")";
    else if (const auto* transport = dynamic_cast<const operate::TransportError*>(&error))
      text += "("s + to_string(transport->kind()) + ")";
    else if (const auto* api = dynamic_cast<const operate::ApiError*>(&error))
      text += "(" + std::to_string(api->status()) + ")";
    EXPECT_EQ((error.what() + error.report()).find("sk_test"), std::string::npos) << error.report();
    return error.may_have_been_applied() ? text + "!" : text;
  }
}

void expect_outcome(const Row& row, const std::string& expected,
                    const std::function<void(const operate::Client&, const operate::RequestOptions&)>& call) {
  std::atomic<bool> faulty{true};
  std::atomic<int> creates{0};
  RawServer server(
      [&](Connection& connection, int) {
        if (faulty && row.stage == Stage::handshake) return row.fault(connection);
        while (const auto request = connection.read_request()) {
          if (!faulty) {
            connection.answer(200, good);
            continue;
          }
          if (request->substr(0, 4) == "POST") ++creates;
          return row.fault(connection);
        }
      },
      operate::test::Wire::of_the_run,
      row.stage == Stage::refused ? operate::test::Start::later : operate::test::Start::now);
  auto config = server.config();
  config.clock = std::make_shared<operate::testing::ManualClock>();
  config.retry = {1, 1ms, 1ms};
  config.max_response_bytes = 2u << 20;
  config.deadline = 1h;  // Longer than a hint can hold the client.
  const operate::Client client(config);
  operate::RequestOptions options;
  // Only what never ends by itself needs a limit, and on a busy machine everything else needs time.
  if (expected.find("attempt") != std::string::npos) options.timeout = 60ms;
  EXPECT_EQ(outcome([&] { call(client, options); }), expected);
  EXPECT_LE(creates, row.most_creates);
  faulty = false;
  if (row.stage == Stage::refused) server.listen();
  EXPECT_EQ(outcome([&] { call(client, {}); }), "ok") << "after the fault";
}

void expect_outcomes(
    std::string Expected::*expected,
    const std::function<void(const operate::Client&, const operate::RequestOptions&)>& call) {
  const std::vector<Row> table = rows();
  EXPECT_GE(table.size(), 60u);
  for (const Row& row : table) {
    if (row.stage == Stage::handshake && !operate::test::over_tls()) continue;
    SCOPED_TRACE(row.name);
    expect_outcome(row, row.expected.*expected, call);
  }
}

TEST(FaultMatrixTest, ForAList) {
  expect_outcomes(&Expected::list,
                  [](const auto& client, const auto& options) { client.companies().list({}, options); });
}

TEST(FaultMatrixTest, ForAnAsyncList) {
  expect_outcomes(&Expected::list, [](const auto& client, const auto& options) {
    client.companies().list_async({}, options).get();
  });
}

TEST(FaultMatrixTest, ForAnAsyncCreate) {
  expect_outcomes(&Expected::create, [](const auto& client, const auto& options) {
    operate::NewPerson person;
    person.emails = {"ada@example.com"};
    person.full_name = "Ada";
    client.people().create_async(person, options).get();
  });
}

TEST(FaultMatrixTest, ForACreate) {
  expect_outcomes(&Expected::create, [](const auto& client, const auto& options) {
    operate::NewPerson person;
    person.emails = {"ada@example.com"};
    person.full_name = "Ada";
    client.people().create(person, options);
  });
}

TEST(FaultMatrixTest, ForAnAsyncGenericCall) {
  expect_outcomes(&Expected::call, [](const auto& client, const auto& options) {
    client.call_async({"GET", "/companies/list", {}, ""}, options).get();
  });
}

TEST(FaultMatrixTest, ForAGenericCall) {
  expect_outcomes(&Expected::call, [](const auto& client, const auto& options) {
    client.call({"GET", "/x", {}, ""}, options);
  });
}

}  // namespace
