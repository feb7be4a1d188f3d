#include "testing/marked_answer.hpp"

#include <random>
#include <sstream>

namespace operate {
inline namespace v0 {
namespace testing {

namespace {

constexpr int no_fault = -1;

// Where the header's line begins, and with it its predecessor's end; npos where there is none.
std::size_t find_line(const std::string& head, const std::string& name) {
  return head.find("\r\n" + name + ": ");
}

std::string value_at(const std::string& head, std::size_t line) {
  const std::size_t begin = head.find(": ", line) + 2;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

std::string new_mark() {
  std::random_device random;
  std::string mark = "X-Emulator";
  for (int i = 0; i < 4; ++i) mark.append("-").append(std::to_string(random()));
  return mark;
}

std::string mark_value(const std::optional<Fault>& fault, bool has_body) {
  const auto pause = fault ? fault->pause.count() : 0;
  return std::to_string(fault ? static_cast<int>(fault->kind) : no_fault) + " " + std::to_string(pause) +
         (has_body ? " 1" : " 0");
}

std::optional<MarkedAnswer> take_answer(std::string& received, const std::string& mark) {
  const std::size_t blank = received.find("\r\n\r\n");
  if (blank == std::string::npos) return std::nullopt;
  MarkedAnswer answer{received.substr(0, blank + 4), {}, {}};
  bool has_body = true;
  if (const std::size_t line = find_line(answer.head, mark); line != std::string::npos) {
    int kind = no_fault;
    std::chrono::milliseconds::rep pause = 0;
    std::istringstream(value_at(answer.head, line)) >> kind >> pause >> has_body;
    if (kind != no_fault)
      answer.fault = Fault{static_cast<FaultKind>(kind), true, std::chrono::milliseconds(pause)};
    answer.head.erase(line, answer.head.find("\r\n", line + 2) - line);
  }
  // The HTTP library sends a length with every answer but the interim ones, which have no body.
  const std::size_t line = find_line(answer.head, "Content-Length");
  const std::size_t size =
      has_body && line != std::string::npos ? std::stoull(value_at(answer.head, line)) : 0;
  if (received.size() - (blank + 4) < size) return std::nullopt;
  answer.body = received.substr(blank + 4, size);
  received.erase(0, blank + 4 + size);
  return answer;
}

}  // namespace testing
}  // namespace v0
}  // namespace operate
