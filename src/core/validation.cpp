#include "core/validation.hpp"

#include "core/headers.hpp"
#include "core/path.hpp"
#include "core/refuse.hpp"
#include "json/document.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace operate::core {

namespace {

void validate_page_size(const char* field, int size) {
  if (size < 1 || size > 100)
    refuse_argument(field, "is " + std::to_string(size) + "; the API takes 1 to 100 items a page.");
}

void validate_not_negative(const char* field, std::int64_t value) {
  if (value < 0) refuse_argument(field, "is " + std::to_string(value) + "; it must be 0 or more.");
}

void validate_text(const std::string& field, const std::string& text) {
  if (!json::is_utf8(text)) refuse_argument(field, "is not valid UTF-8.");
}

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// No more than what every address has; whether it exists is for the server to say.
bool looks_like_an_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view domain = text.substr(at + 1);
  if (domain.empty() || domain.front() == '.' || domain.back() == '.') return false;
  if (domain.find("..") != std::string_view::npos || domain.find('@') != std::string_view::npos) return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (c >= '\0' && c <= ' ') || c == '\x7f' || c == '<' || c == '>' || c == ',' || c == ';';
  });
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hexadecimal = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !hexadecimal) return false;
  }
  return true;
}

// RFC 9110's token.
bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

std::string indexed(const char* name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

constexpr std::size_t most_bytes = 64u << 10;

void validate_query(const std::vector<QueryParameter>& query) {
  std::size_t size = 0;
  for (const auto& [name, value] : query) size += name.size() + value.size();
  if (size > most_bytes)
    refuse_argument("query", "has " + std::to_string(size) + " bytes; it may have 65536.");
}

}  // namespace

void validate(const ListOptions& options) {
  validate_page_size("limit", options.limit);
  validate_not_negative("offset", options.offset);
}

void validate(const ListAllOptions& options) {
  validate_page_size("page_size", options.page_size);
  validate_not_negative("offset", options.offset);
  if (options.max_items) validate_not_negative("max_items", *options.max_items);
  if (options.prefetch < 0 || options.prefetch > 100)
    refuse_argument("prefetch", "is " + std::to_string(options.prefetch) + "; it must be from 0 to 100.");
}

void validate(const NewPerson& person) {
  if (person.emails.empty()) refuse_argument("emails", "is empty; the API requires at least one address.");
  for (std::size_t i = 0; i < person.emails.size(); ++i) {
    const std::string field = indexed("emails", i);
    validate_text(field, person.emails[i]);
    if (!looks_like_an_address(person.emails[i]))
      refuse_argument(field, "is no email address such as name@example.com; each string holds one.");
  }
  if (person.full_name.empty())
    refuse_argument("full_name", "is empty; the API requires at least 1 character.");
  validate_text("full_name", person.full_name);
  if (person.cue) {
    validate_text("cue", *person.cue);
    const std::size_t size = code_points(*person.cue);
    if (size > 280)
      refuse_argument("cue", "has " + std::to_string(size) + " characters; the API takes at most 280.");
  }
  if (person.timezone) validate_text("timezone", *person.timezone);
  if (person.location) validate_text("location", *person.location);
  for (std::size_t i = 0; i < person.titles.size(); ++i) {
    const Title& title = person.titles[i];
    const std::string field = indexed("titles", i);
    validate_text(field + ".title", title.title);
    if (title.company_id && !is_uuid(*title.company_id))
      refuse_argument(field + ".company_id",
                      "is no UUID; a company's id has 32 hexadecimal digits in groups of 8-4-4-4-12.");
  }
  if (!person.extra.empty()) {
    const auto document = json::Document::parse(person.extra.text());
    if (!document || !document->root().is(json::Kind::object))
      refuse_argument("extra", R"(is not a valid JSON object, such as {"nickname":"Ada"}.)");
    constexpr std::array<std::string_view, 6> own = {"email",    "full_name", "cue",
                                                     "timezone", "location",  "titles"};
    for (const json::Value& member : document->root().elements())
      if (std::find(own.begin(), own.end(), member.name()) != own.end())
        refuse_argument("extra", "holds the member " + std::string(member.name()) +
                                     ", which NewPerson has a field for; use that.");
  }
}

void validate(const Request& request) {
  if (request.path.size() > most_bytes)
    refuse_argument("path", "has " + std::to_string(request.path.size()) + " bytes; it may have 65536.");
  validate_query(request.query);
  if (request.method.empty() ||
      !std::all_of(request.method.begin(), request.method.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    refuse_argument("method", "is no HTTP method; methods are upper-case letters, such as GET.");
  if (request.method == "CONNECT" || request.method == "TRACE")
    refuse_argument("method", "is " + request.method + ", which is for proxies and not for an API.");
  if (request.method == "HEAD" && !request.body.empty()) refuse_argument("body", "must be empty for HEAD.");
  if (const auto problem = problem_of_path(request.path))
    refuse_argument("path", *problem + ". A path is the part behind the host, such as /companies/list.");
}

void validate(const RequestOptions& options) {
  const auto positive = [](const char* field, const std::optional<std::chrono::milliseconds>& limit) {
    if (limit && limit->count() <= 0)
      refuse_argument(field, "is " + std::to_string(limit->count()) + " ms; it must be more than zero.");
  };
  positive("timeout", options.timeout);
  positive("deadline", options.deadline);
  if (options.max_retries && (*options.max_retries < 0 || *options.max_retries > 100))
    refuse_argument("max_retries",
                    "is " + std::to_string(*options.max_retries) + "; it must be from 0 to 100.");

  validate_query(options.query);
  std::size_t header_bytes = 0;
  for (const auto& [name, value] : options.headers) header_bytes += name.size() + value.size() + 4;
  if (header_bytes > most_bytes)
    refuse_argument("headers", "have " + std::to_string(header_bytes) + " bytes; they may have 65536.");
  for (std::size_t i = 0; i < options.headers.size(); ++i) {
    const auto& [name, value] = options.headers[i];
    const std::string field = indexed("headers", i);
    if (!is_token(name))
      refuse_argument(field + ".name", "is no header name; letters, digits and dashes are usual.");
    if (same_name(name, "x-api-key"))
      refuse_argument(field, "is x-api-key, which the client sets itself; give the key as Config::api_key.");
    constexpr std::array<std::string_view, 12> refused = {"host",
                                                          "content-length",
                                                          "transfer-encoding",
                                                          "connection",
                                                          "keep-alive",
                                                          "te",
                                                          "trailer",
                                                          "upgrade",
                                                          "expect",
                                                          "proxy-authorization",
                                                          "proxy-connection",
                                                          "accept-encoding"};
    for (const std::string_view other : refused)
      if (same_name(name, other))
        refuse_argument(field, "is " + std::string(other) + ", which the transport sets itself.");
    if (std::any_of(value.begin(), value.end(),
                    [](char c) { return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f'; }))
      refuse_argument(field + ".value", "holds a line break or another control character.");
  }
}

}  // namespace operate::core
