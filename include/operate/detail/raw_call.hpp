#pragma once

#include <operate/client.hpp>
#include <operate/detail/answer_origin.hpp>
#include <operate/detail/async_handle.hpp>
#include <operate/detail/page_walk.hpp>
#include <operate/export.hpp>
#include <operate/json_text.hpp>
#include <operate/page.hpp>
#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
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

/// What a call makes of its answer: a value whose type its caller knows. What it throws is the call's error.
using RawRead = std::function<std::shared_ptr<void>(RawAnswer&&)>;

/// What asks for a page, and the member of `data` that has its items.
struct RawList {
  std::string path = {};
  std::string list_key = {};
  ListOptions options = {};
};

/// What posts a body, and the member of `data` that has the answer, which is its only item, an object or an
/// array; `data` itself where the key is empty.
struct RawPost {
  std::string path = {};
  std::string key = {};
  std::string body = {};
};

OPERATE_EXPORT std::shared_ptr<void> raw_list(const Client& client, const RawList& list,
                                              const RequestOptions& request_options, const RawRead& read);
OPERATE_EXPORT AsyncHandle raw_list_async(const Client& client, const RawList& list,
                                          const RequestOptions& request_options, RawRead read);
OPERATE_EXPORT std::shared_ptr<void> raw_post(const Client& client, const RawPost& post,
                                              const RequestOptions& request_options, const RawRead& read);
/// `body` makes the body, or throws ValidationError, which is then the call's.
OPERATE_EXPORT AsyncHandle raw_post_async(const Client& client, RawPost post,
                                          const std::function<std::string()>& body,
                                          const RequestOptions& request_options, RawRead read);

/// The text; throws ValidationError where it is no JSON.
OPERATE_EXPORT std::string checked_body(const JsonText& body);

/// Throws ValidationError: the body cannot be written as JSON.
[[noreturn]] OPERATE_EXPORT void refuse_body(const std::string& problem);

/// Whether words of nlohmann_json's about an item may be shown: they name members, and may quote the item.
OPERATE_EXPORT bool quotes_nothing_of(const JsonText& item, const std::string& words);

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
