#pragma once

#include <operate/error.hpp>
#include <operate/header.hpp>
#include <operate/transfer.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace operate::core {

/// A request as it goes out, all but the key, which the transport adds.
struct WireRequest {
  std::string method = {};
  std::string url = {};
  std::vector<Header> headers = {};
  std::string_view body = {};   ///< The Request's own, which is not copied and has to live as long.
  bool safe_to_repeat = false;  ///< Where false, the transport must not send it twice by itself.
};

struct WireAnswer {
  int status = 0;
  std::vector<Header> headers = {};
  std::string body = {};
  std::chrono::system_clock::time_point received = {};
  Transfer transfer = {};
};

/// There was no whole answer.
struct WireFailure {
  TransportErrorKind kind = TransportErrorKind::receive;
  TimeLimit limit = TimeLimit::attempt;  ///< Means something for TransportErrorKind::timeout.
  std::chrono::milliseconds elapsed{0};
  bool request_may_have_arrived = true;
  std::string message = {};
  bool permanent = false;  ///< Whether another attempt would meet the same: an untrusted certificate.
  /// For TimeLimit::rate_limit: in how long attempts may begin again.
  std::optional<std::chrono::milliseconds> retry_after = {};
  Transfer transfer = {};
};

using WireResult = std::variant<WireAnswer, WireFailure>;

/// The first header of that name, compared without regard to case; null where there is none.
const std::string* find_header(const std::vector<Header>& headers, std::string_view name);

/// Whether two header names are the same.
bool same_name(std::string_view a, std::string_view b);

}  // namespace operate::core
