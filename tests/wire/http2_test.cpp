// HTTP/2 by hand: what a server says in frames, and what the calls make of it.
#include <operate/operate.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/raw_server.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::thrown;

// RFC 9113, 6.
enum Type : unsigned char { data = 0, headers = 1, rst_stream = 3, settings = 4, goaway = 7 };
constexpr unsigned char end_stream = 1, ack = 1, end_headers = 4;
constexpr unsigned refused_stream = 7, internal_error = 2;

std::string number(unsigned value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

struct Frame {
  unsigned char type = 0, flags = 0;
  unsigned stream = 0;
  std::string payload = {};
};

std::optional<Frame> read_frame(Connection& connection) {
  unsigned char head[9];
  for (unsigned char& byte : head) {
    const int read = connection.read_byte();
    if (read < 0) return std::nullopt;
    byte = static_cast<unsigned char>(read);
  }
  Frame frame;
  frame.type = head[3];
  frame.flags = head[4];
  for (int i = 5; i < 9; ++i) frame.stream = frame.stream << 8 | head[i];
  for (unsigned size = unsigned{head[0]} << 16 | unsigned{head[1]} << 8 | head[2]; size > 0; --size) {
    const int read = connection.read_byte();
    if (read < 0) return std::nullopt;
    frame.payload.push_back(static_cast<char>(read));
  }
  return frame;
}

void send_frame(Connection& connection, Type type, unsigned char flags, unsigned stream,
                const std::string& payload) {
  std::string bytes = number(static_cast<unsigned>(payload.size())).substr(1);
  bytes.push_back(static_cast<char>(type));
  bytes.push_back(static_cast<char>(flags));
  connection.send(bytes + number(stream) + payload);
}

void answer(Connection& connection, unsigned stream) {
  send_frame(connection, headers, end_headers, stream, "\x88");  // `:status: 200` of HPACK's static table.
  send_frame(connection, data, end_stream, stream, R"({"id": "1"})");
}

// Each whole request is handed to the test, with its number from 0 among all connections; it says whether the
// connection goes on.
class Http2Test : public testing::Test {
 protected:
  using Serve = std::function<bool(Connection&, unsigned stream, int number)>;

  void serve(Serve with) {
    server.emplace(
        [this, with = std::move(with)](Connection& connection, int) {
          for (std::size_t i = 0; i < "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s.size(); ++i) connection.read_byte();
          send_frame(connection, settings, 0, 0, "");
          while (const auto frame = read_frame(connection)) {
            if (frame->type == settings && !(frame->flags & ack))
              send_frame(connection, settings, ack, 0, "");
            const bool whole = (frame->type == headers || frame->type == data) && (frame->flags & end_stream);
            if (whole && !with(connection, frame->stream, requests++)) return;
          }
        },
        operate::test::Wire::http2);
    config = server->config();
    config.clock = std::make_shared<operate::testing::ManualClock>();
    config.retry = {2, 1ms, 1ms};
    person.emails = {"ada@example.com"};
    person.full_name = "Ada";
  }

  std::atomic<int> requests{0};
  std::optional<RawServer> server;
  operate::Config config;
  operate::NewPerson person;
};

TEST_F(Http2Test, AHundredCallsShareAConnection) {
  serve([](Connection& connection, unsigned stream, int) {
    answer(connection, stream);
    return true;
  });
  const Client client(config);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.call({"GET", "/x", {}, ""}).body, R"({"id": "1"})");
    EXPECT_EQ(client.people().create(person).id, "1");
  }
  EXPECT_EQ(requests, 100);
  EXPECT_EQ(server->connections(), 1);
}

TEST_F(Http2Test, AsyncCallsThatMustNotBeRepeatedShareAConnectionAsAllDo) {
  serve([](Connection& connection, unsigned stream, int) {
    answer(connection, stream);
    return true;
  });
  config.max_connections = 1;
  const Client client(config);
  client.call_async({"GET", "/x", {}, ""}).get();
  std::vector<operate::Async<operate::Response>> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(client.call_async({"DELETE", "/x", {}, ""}));
  for (auto& call : calls) EXPECT_EQ(call.get().status, 200);
  EXPECT_EQ(server->connections(), 1);
}

TEST_F(Http2Test, AnAsyncCallThatMustNotBeRepeatedIsNotWhereTheSharedConnectionBreaks) {
  std::atomic<int> deletes{0};
  serve([&](Connection& connection, unsigned stream, int request) {
    if (request > 0) return ++deletes == 0;
    answer(connection, stream);
    return true;
  });
  const Client client(config);
  client.call_async({"GET", "/x", {}, ""}).get();
  const auto error = thrown<operate::TransportError>([&] {
    client.call_async({"DELETE", "/x", {}, ""}).get();
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), operate::TransportErrorKind::receive);
  EXPECT_TRUE(error->may_have_been_applied());
  EXPECT_EQ(deletes, 1);
}

TEST_F(Http2Test, ARefusedStreamIsSurvived) {
  serve([](Connection& connection, unsigned stream, int request) {
    if (request == 0)
      send_frame(connection, rst_stream, 0, stream, number(refused_stream));
    else
      answer(connection, stream);
    return true;
  });
  EXPECT_EQ(Client(config).call({"GET", "/x", {}, ""}).status, 200);
  EXPECT_EQ(requests, 2);
}

TEST_F(Http2Test, GoAwayBetweenCallsIsSurvivedByACreate) {
  serve([](Connection& connection, unsigned stream, int) {
    // As a server does that ends: this call is still answered, and none after it.
    send_frame(connection, goaway, 0, 0, number(stream) + number(0));
    answer(connection, stream);
    return false;
  });
  const Client client(config);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.people().create(person).id, "1");
  EXPECT_EQ(requests, 3);
  EXPECT_EQ(server->connections(), 3);
}

TEST_F(Http2Test, GoAwayInTheMiddleOfACallIsSurvived) {
  serve([](Connection& connection, unsigned stream, int request) {
    if (request == 0) {
      send_frame(connection, goaway, 0, 0, number(0) + number(0));  // No stream has been looked at.
      return false;
    }
    answer(connection, stream);
    return true;
  });
  EXPECT_EQ(Client(config).call({"GET", "/x", {}, ""}).status, 200);
}

TEST_F(Http2Test, ABrokenStreamOrConnectionLeavesACreateToItsCaller) {
  for (const bool whole_connection : {false, true}) {
    requests = 0;
    serve([whole_connection](Connection& connection, unsigned stream, int request) {
      if (request > 0) {
        answer(connection, stream);
        return true;
      }
      if (!whole_connection) send_frame(connection, rst_stream, 0, stream, number(internal_error));
      return !whole_connection;
    });
    const Client client(config);
    const auto error = thrown<operate::TransportError>([&] { client.people().create(person); });
    ASSERT_TRUE(error);
    // libcurl may meet the end of the connection while it acknowledges a frame.
    EXPECT_TRUE(error->kind() == operate::TransportErrorKind::receive ||
                (whole_connection && error->kind() == operate::TransportErrorKind::send))
        << error->what();
    EXPECT_TRUE(error->may_have_been_applied());
    EXPECT_EQ(requests, 1);
    EXPECT_EQ(client.people().create(person).id, "1");
  }
}

TEST_F(Http2Test, ARefusedStreamNeverDoublesACreate) {
  std::atomic<int> applied{0};
  serve([&](Connection& connection, unsigned stream, int request) {
    if (request == 0) {
      send_frame(connection, rst_stream, 0, stream, number(refused_stream));
    } else {
      ++applied;
      answer(connection, stream);
    }
    return true;
  });
  try {
    EXPECT_EQ(Client(config).people().create(person).id, "1");
  } catch (const operate::TransportError& error) {
    EXPECT_TRUE(error.may_have_been_applied()) << error.what();
    EXPECT_EQ(applied, 0);
  }
  EXPECT_LE(applied, 1);
}

TEST_F(Http2Test, ACallInItsMiddleIsCancelled) {
  operate::CancellationSource stop;
  operate::RequestOptions options;
  options.cancel = stop.token();
  serve([&](Connection& connection, unsigned stream, int request) {
    if (request > 0)
      answer(connection, stream);
    else
      stop.cancel();
    return true;
  });
  const Client client(config);
  EXPECT_TRUE(thrown<operate::CancelledError>([&] { client.people().create(person, options); }));
  EXPECT_EQ(client.people().create(person).id, "1");
}

}  // namespace
