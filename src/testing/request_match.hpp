#pragma once

#include <operate/testing/scripted_transport.hpp>

#include <string>

namespace operate {
inline namespace v0 {
namespace testing {

/// How much of a request has to be as expected.
enum class Match {
  listed,  ///< What ExpectedRequest says.
  exact,   ///< Also that there is no other query parameter, and that the body is the same, JSON or not.
};

/// The request without the host, decoded, and without the key, wherever it stands.
ReceivedRequest received(const TransportRequest& request);

/// `GET /companies/list?limit=50`, for people.
std::string line_of(const ReceivedRequest& request);
std::string line_of(const ExpectedRequest& request);

/// Each difference as a line that begins with two blanks; empty where the request is as expected.
std::string differences(const ExpectedRequest& expected, const ReceivedRequest& came, Match match);

}  // namespace testing
}  // namespace v0
}  // namespace operate
