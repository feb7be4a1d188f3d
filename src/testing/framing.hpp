#pragma once

#include <operate/testing/received_request.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// Ends the head of a request or of an answer.
inline constexpr std::string_view blank_line = "\r\n\r\n";

/// Whether a request can have this method: a token without small letters.
bool is_method(std::string_view text);

/// A request's first line and headers, and what they say of the bytes behind them.
struct RequestHead {
  /// Without the body.
  ReceivedRequest request = {};
  /// How long the body is; empty where it comes in chunks.
  std::optional<std::uint64_t> length = 0;
  bool expects_continue = false;
  /// Whether the client wants the connection closed behind the answer.
  bool closes = false;
};

/// Reads a head with its blank line; empty where it is no HTTP/1.0 and no HTTP/1.1.
std::optional<RequestHead> parse_head(std::string_view head);

/// A head for the HTTP library: a POST to that target, which has of the request's own head only what says how
/// its body is read. For a request's own headers the library unpacks bodies, packs answers and decodes
/// values.
std::string plain_head(const RequestHead& head, const std::string& target);

/// Finds the end of a request's body, which it does not decode.
class BodyEnd {
 public:
  /// `length` is that of RequestHead.
  explicit BodyEnd(std::optional<std::uint64_t> length);

  /// Takes what is still of the body out of the bytes that come next, and returns it without trailers, which
  /// not every version of the HTTP library reads.
  std::string take(std::string& bytes);
  bool reached() const { return part_ == Part::end; }

 private:
  enum class Part { whole, chunk_size, chunk, chunk_end, trailer, end };

  std::string take_line(const std::string& line);

  Part part_;
  /// Of the whole or of the chunk.
  std::uint64_t left_;
  std::string line_;
};

/// An answer of the HTTP library, as it is sent on.
struct Answer {
  std::string head;
  std::string body;

  /// Whether another one follows.
  bool is_interim() const;
  /// Takes the body away where HTTP has none: from the answer to a HEAD, and with 204 and 304.
  void fit_to(const std::string& method);
};

/// Takes the first answer out of the bytes that have come; empty where it is not whole yet.
std::optional<Answer> take_answer(std::string& received);

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
