#pragma once

#include <operate/testing/scripted_transport.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// How much of a request has to be as expected.
enum class Match {
  listed,  ///< What ExpectedRequest says.
  exact,   ///< Also that there is no other query parameter, and that the body is the same, JSON or not. Paths
           ///< are those of a URL, in which `%2F` is another character than `/`.
};

/// The keys of the requests that came, to be taken out of what is shown or written.
class Keys {
 public:
  Keys() = default;
  /// That of this request alone.
  explicit Keys(const TransportRequest& request) { add(request); }

  void add(const TransportRequest& request);
  /// The text without any of them.
  std::string redact(std::string_view text) const;
  /// The same for a path, in which a key may be percent-encoded.
  std::string redact_path(std::string_view path) const;

 private:
  std::vector<std::string> keys_;
};

/// The request as it was sent, without the host, decoded.
ReceivedRequest received(const TransportRequest& request);
/// The same with its path as it stands in the URL.
ReceivedRequest received_with_url_path(const TransportRequest& request);
/// What received_with_url_path() gave, without the keys, wherever they stand.
ReceivedRequest redacted(const ReceivedRequest& request, const Keys& keys);

/// `GET /companies/list?limit=50`, for people: without the keys, and in one line whatever stands in it.
std::string line_of(const ReceivedRequest& request, const Keys& keys);
std::string line_of(const ExpectedRequest& request, const Keys& keys);

/// The text in quotes, in one line, its end cut off where it is long.
std::string in_quotes(std::string_view text, const Keys& keys = {});

/// Whether differences() reads it as JSON: it is no text of another kind, and not so deep that working with
/// it could use up the stack.
bool is_comparable_json(std::string_view text);

/// Each difference as a line that begins with two blanks, without the keys; empty where the request is as
/// expected.
std::string differences(const ExpectedRequest& expected, const ReceivedRequest& came, Match match,
                        const Keys& keys);

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
