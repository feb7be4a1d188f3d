#pragma once

#include <operate/header.hpp>
#include <operate/testing/received_request.hpp>
#include <operate/transport.hpp>
#include <operate/version.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// A request came that no script and no cassette has an answer for. what() shows the difference to what was
/// expected, without the key, be it in the request or in what was expected, and with control characters
/// escaped. Not below operate::Error, so that the code under test does not take it for a
/// failure of the network.
class UnexpectedRequest : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// What a request has to be like. Members that are empty let anything pass.
struct ExpectedRequest {
  /// In capitals.
  std::string method = {};
  /// As in the URL behind the host, a path of Config::base_url included, but decoded, so that `%2F` counts as
  /// `/`.
  std::string path = {};
  /// Each has to be there with this value; others may be, too.
  std::vector<QueryParameter> query = {};
  /// Each has to be there with this value; others may be, too, also of the same name. The key is not among a
  /// request's headers.
  std::vector<Header> headers = {};
  /// The body as JSON, compared by its meaning: blanks, the order of members with different names and the
  /// spelling of numbers (1, 1.0) do not count. Numbers are compared digit for digit, however long they are.
  std::string json_body = {};
};

/// For Config::transport: answers without a network, by a script.
///
///     auto script = std::make_shared<operate::testing::ScriptedTransport>();
///     script->expect({"GET", "/companies/list"}, operate::testing::connection_lost());
///     script->expect({"GET", "/companies/list"}, operate::TransportResponse{200, {}, body});
///     config.transport = script;
///     // After the calls:
///     EXPECT_EQ(script->problems(), "");
///
/// Each attempt of a call is a request of its own. Give the client a ManualClock as well, or a retry waits.
/// Thread safety: any number of threads at once.
class ScriptedTransport : public Transport {
 public:
  /// Makes an answer of a request; may throw. Called by many threads at once.
  using Handler = std::function<TransportResult(const ReceivedRequest&)>;

  ScriptedTransport();
  ~ScriptedTransport() override;

  /// The next request has to be like this, and gets this answer. Further calls line up. Throws
  /// std::invalid_argument for a `json_body` that is no JSON, or nested more than 1,000 deep; so do the three
  /// below, and for an empty handler.
  void expect(ExpectedRequest request, TransportResult answer);
  /// The same with an answer that is made when the request has come.
  void expect(ExpectedRequest request, Handler answer);

  /// Any request like this gets this answer, as often as it comes, where the line of expect() does not want
  /// it; of several, the first that fits.
  void whenever(ExpectedRequest request, TransportResult answer);
  /// The same with an answer that is made when the request has come.
  void whenever(ExpectedRequest request, Handler answer);

  /// Answers; throws UnexpectedRequest.
  TransportResult send(const TransportRequest& request, const TransportLimits& limits) override;

  /// All that came, in order, the unexpected ones as well. As they were sent, which is also what a Handler
  /// gets and what is compared: a key that was put into a path, a query, a further header or a body stands
  /// there, so that a test can find it, and in what GoogleTest prints of them. It is left out of problems()
  /// and of UnexpectedRequest alone.
  std::vector<ReceivedRequest> requests() const;

  /// What is wrong so far: each request that was not expected, and those that are still expected. Empty
  /// where nothing is. Without the keys of the requests that came.
  std::string problems() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Nobody took the connection: the request did not arrive.
TransportFailure connection_refused();
/// The connection was lost before the answer: the request may have arrived.
TransportFailure connection_lost();
/// The attempt's time ran out (TimeLimit::attempt): the request may have arrived.
TransportFailure timed_out();

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
