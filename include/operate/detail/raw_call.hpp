#pragma once

#include <operate/client.hpp>
#include <operate/detail/answer_origin.hpp>
#include <operate/detail/page_walk.hpp>
#include <operate/export.hpp>
#include <operate/json_text.hpp>
#include <operate/page.hpp>
#include <operate/transfer.hpp>

#include <string>
#include <vector>

namespace operate {
inline namespace v0 {
namespace detail {

/// An answer of success whose items are still text: what <operate/resource.hpp> builds on without knowing how
/// calls are made.
struct RawAnswer {
  std::vector<JsonText> items = {};
  Pagination pagination = {};
  PageContent content = {};
  AnswerOrigin origin = {};
  Transfer transfer = {};
};

OPERATE_EXPORT RawAnswer raw_list(const Client& client, const std::string& path, const std::string& list_key,
                                  const ListOptions& options, const RequestOptions& request_options);

/// The answer's only item is `data[key]`, or `data` where the key is empty; an object or an array.
OPERATE_EXPORT RawAnswer raw_post(const Client& client, const std::string& path, const std::string& key,
                                  std::string body, const RequestOptions& request_options);

/// The text; throws ValidationError where it is no JSON.
OPERATE_EXPORT std::string checked_body(const JsonText& body);

/// Throws ValidationError: the body cannot be written as JSON.
[[noreturn]] OPERATE_EXPORT void refuse_body(const std::string& problem);

}  // namespace detail
}  // namespace v0
}  // namespace operate
