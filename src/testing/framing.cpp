#include "testing/framing.hpp"

#include "core/headers.hpp"
#include "testing/percent_encoding.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view blanks = " \t";

bool is_token(std::string_view text) {
  constexpr std::string_view signs = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    const char letter = core::lower_case(c);
    return (c >= '0' && c <= '9') || (letter >= 'a' && letter <= 'z') ||
           signs.find(c) != std::string_view::npos;
  });
}

// The text before the separator, which goes with it; all of the text where it has none.
std::string_view take_until(std::string_view separator, std::string_view& text) {
  const std::string_view taken = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), taken.size() + separator.size()));
  return taken;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(blanks)));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string decoded_parameter(std::string_view text) {
  std::string form(text);
  std::replace(form.begin(), form.end(), '+', ' ');
  return percent_decoded(form);
}

void read_target(std::string_view target, ReceivedRequest& request) {
  request.path = percent_decoded(take_until("?", target));
  while (!target.empty()) {
    std::string_view one = take_until("&", target);
    if (one.empty()) continue;
    const std::string name = decoded_parameter(take_until("=", one));
    request.query.push_back({name, decoded_parameter(one)});
  }
}

bool read_first_line(std::string_view line, RequestHead& head) {
  const std::string_view method = take_until(" ", line), target = take_until(" ", line);
  const bool is_sound =
      std::all_of(target.begin(), target.end(), [](char c) { return c < 0 || c > ' '; }) && !target.empty();
  if (!is_method(method) || !is_sound || (line != "HTTP/1.1" && line != "HTTP/1.0")) return false;
  head.request.method = method;
  read_target(target, head.request);
  head.closes = line == "HTTP/1.0";
  return true;
}

bool read_header(std::string_view line, ReceivedRequest& request) {
  if (line.find(':') == std::string_view::npos) return false;
  const std::string_view name = take_until(":", line), value = trimmed(line);
  if (!is_token(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    return false;
  request.headers.push_back({std::string(name), std::string(value)});
  return true;
}

bool has_element(std::string_view list, std::string_view element) {
  while (!list.empty())
    if (core::same_name(trimmed(take_until(",", list)), element)) return true;
  return false;
}

// What the headers say of the body's length and of the connection; false where they contradict each other.
bool read_framing(RequestHead& head) {
  const std::string* length = nullptr;
  bool is_chunked = false;
  for (const auto& [name, value] : head.request.headers) {
    if (core::same_name(name, "content-length")) {
      if (length && *length != value) return false;
      length = &value;
    } else if (core::same_name(name, "transfer-encoding")) {
      if (!core::same_name(value, "chunked")) return false;
      is_chunked = true;
    } else if (core::same_name(name, "connection")) {
      head.closes = head.closes || has_element(value, "close");
    } else if (core::same_name(name, "expect")) {
      head.expects_continue = core::same_name(value, "100-continue");
    }
  }
  if (length) {
    const bool is_number = !length->empty() && length->size() <= 18 &&
                           length->find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) return false;
    head.length = std::stoull(*length);
  }
  if (is_chunked) head.length.reset();
  return true;
}

// Where the header's line begins, and with it its predecessor's end; npos where there is none.
std::size_t find_line(const std::string& head, const char* name) {
  return head.rfind(std::string(line_end) + name + ": ");
}

void erase_line(std::string& head, std::size_t line) {
  if (line != std::string::npos) head.erase(line, head.find(line_end, line + 2) - line);
}

}  // namespace

bool is_method(std::string_view text) {
  return is_token(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::optional<RequestHead> parse_head(std::string_view head) {
  RequestHead result;
  if (!read_first_line(take_until(line_end, head), result)) return std::nullopt;
  while (head != line_end)
    if (!read_header(take_until(line_end, head), result.request)) return std::nullopt;
  if (!read_framing(result)) return std::nullopt;
  return result;
}

std::string plain_head(const RequestHead& head, const std::string& target) {
  std::string result = "POST " + target + " HTTP/1.1\r\n";
  result += head.length ? "Content-Length: " + std::to_string(*head.length) + "\r\n"
                        : "Transfer-Encoding: chunked\r\n";
  if (head.expects_continue) result += "Expect: 100-continue\r\n";
  if (head.closes) result += "Connection: close\r\n";
  return result + "\r\n";
}

BodyEnd::BodyEnd(std::optional<std::uint64_t> length)
    : part_(!length       ? Part::chunk_size
            : *length > 0 ? Part::whole
                          : Part::end),
      left_(length.value_or(0)) {}

std::string BodyEnd::take(std::string& bytes) {
  std::string body;
  std::size_t taken = 0;
  while (taken < bytes.size() && !reached()) {
    if (part_ == Part::whole || part_ == Part::chunk) {
      const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - taken));
      body.append(bytes, taken, some);
      taken += some;
      left_ -= some;
      if (left_ == 0) part_ = part_ == Part::whole ? Part::end : Part::chunk_end;
    } else {
      line_ += bytes[taken++];
      if (line_.back() == '\n') body += take_line(std::exchange(line_, {}));
    }
  }
  bytes.erase(0, taken);
  return body;
}

std::string BodyEnd::take_line(const std::string& line) {
  if (part_ == Part::trailer) {
    if (line != line_end) return "";
    part_ = Part::end;
    return line;
  }
  if (part_ == Part::chunk_end && line == line_end) {
    part_ = Part::chunk_size;
    return line;
  }
  const std::size_t digits = line.find_first_not_of("0123456789abcdefABCDEF");
  if (part_ == Part::chunk_end || digits == 0 || digits > 15) {
    // A body without an end, whose beginning the HTTP library takes for no size, behind a chunk and
    // elsewhere.
    part_ = Part::whole;
    left_ = std::numeric_limits<std::uint64_t>::max();
    return "\r\n?\r\n";
  }
  left_ = std::stoull(line.substr(0, digits), nullptr, 16);
  part_ = left_ == 0 ? Part::trailer : Part::chunk;
  return line;
}

bool Answer::is_interim() const { return head.compare(9, 1, "1") == 0; }

void Answer::fit_to(const std::string& method) {
  const std::string status = head.substr(9, 3);
  if (method == "HEAD" || status == "204" || status == "304") body.clear();
  if (status == "204") erase_line(head, find_line(head, "Content-Length"));
}

std::optional<Answer> take_answer(std::string& received) {
  const std::size_t blank = received.find(blank_line);
  if (blank == std::string::npos) return std::nullopt;
  const std::size_t begin = blank + blank_line.size();
  Answer answer{received.substr(0, begin), {}};
  // The HTTP library sends a length with every answer but the interim ones, which have no body.
  const std::size_t length = find_line(answer.head, "Content-Length");
  const std::size_t size =
      length == std::string::npos ? 0 : std::stoull(answer.head.substr(answer.head.find(": ", length) + 2));
  if (received.size() - begin < size) return std::nullopt;
  answer.body = received.substr(begin, size);
  received.erase(0, begin + size);
  // The library adds this one where the connection is kept, before or behind one of the answer's own. The
  // numbers are those that HttpServer sets.
  const std::string_view added = "\r\nKeep-Alive: timeout=1000000, max=1000000";
  const std::size_t at = answer.head.find(added);
  if (at != std::string::npos) answer.head.erase(at, added.size());
  return answer;
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
