#pragma once

#include <operate/error.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// All that the error tree's accessors read; which members mean something depends on the class.
struct ErrorDetails {
  std::string what = {};
  std::string subject = {};  // A ConfigError's setting, a ValidationError's field.
  std::string method = {}, path = {};
  std::chrono::system_clock::time_point time = {};  // When the call began.
  std::uint64_t call = 0;                           // Its number in events; 0 where nobody observes it.
  std::vector<Attempt> attempts = {};
  bool retryable = false;
  bool may_have_been_applied = false;
  TransportErrorKind kind = TransportErrorKind::receive;
  TimeLimit limit = TimeLimit::attempt;
  std::chrono::milliseconds elapsed{0};
  int status = 0;
  std::string type = {}, server_message = {}, request_id = {}, body = {};
  std::vector<Header> headers = {};
  std::string transport = {};
  std::optional<std::chrono::milliseconds> retry_after = {};
};

/// Whether the text is a word for programs, a type or an id, which may stand in a message or a report;
/// anything else of a server's may hold personal data.
bool is_word(std::string_view text);

/// Whether a header may stand in a report or an archive with its value.
bool is_shown(const Header& header);

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
