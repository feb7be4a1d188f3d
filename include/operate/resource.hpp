#pragma once

#include <operate/client.hpp>
#include <operate/detail/raw_call.hpp>
#include <operate/json.hpp>
#include <operate/version.hpp>

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// Resources of your own. A struct with a `from_json` (as nlohmann_json reads it, NLOHMANN_DEFINE_TYPE_*
// included), and nlohmann::json and JsonText as well, get what built-in resources have: the client's key,
// limits, retries and errors. Operate documents neither paths nor answers beyond those of the built-in
// resources: which ones exist is for you to know.

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {

template <class T>
T decode(const AnswerOrigin& origin, const JsonText& text) {
  if constexpr (std::is_same_v<T, JsonText>) {
    return text;
  } else {
    try {
      return nlohmann::json::parse(text.text()).template get<T>();
    } catch (const nlohmann::json::exception& error) {
      const std::string words = error.what();
      origin.raise_undecodable("has an item that is not what its type wants" +
                               (quotes_nothing_of(text, words) ? ": " + words : "") + ".");
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {
      // Its words are not shown: they may quote the item.
      origin.raise_undecodable("has an item that its type's from_json refuses.");
    }
  }
}

template <class T>
Page<T> decode_page(RawAnswer& answer) {
  std::vector<T> items;
  items.reserve(answer.items.size());
  for (const JsonText& item : answer.items) items.push_back(decode<T>(answer.origin, item));
  return Page<T>(std::move(items), answer.pagination, std::move(answer.transfer));
}

template <class T>
std::shared_ptr<void> decode_fetched(RawAnswer&& answer) {
  Page<T> page = decode_page<T>(answer);
  return std::make_shared<FetchedPage<T>>(
      FetchedPage<T>{std::move(page), std::move(answer.content), std::move(answer.origin)});
}

template <class T>
std::shared_ptr<void> decode_listed(RawAnswer&& answer) {
  return std::make_shared<Page<T>>(decode_page<T>(answer));
}

template <class T>
std::shared_ptr<void> decode_posted(RawAnswer&& answer) {
  return std::make_shared<T>(decode<T>(answer.origin, answer.items.front()));
}

template <class T>
class ResourcePages : public PageSource<T> {
 public:
  ResourcePages(const Client& client, RawList list, RequestOptions request_options)
      : client_(client), list_(std::move(list)), request_options_(std::move(request_options)) {}

  FetchedPage<T> fetch(const ListOptions& options) override {
    list_.options = options;
    const auto fetched = raw_list(client_, list_, request_options_, decode_fetched<T>);
    return std::move(*static_cast<FetchedPage<T>*>(fetched.get()));
  }
  Async<FetchedPage<T>> fetch_async(const ListOptions& options, WhenFull when_full) override {
    list_.options = options;
    request_options_.when_full = when_full;
    return Async<FetchedPage<T>>(raw_list_async(client_, list_, request_options_, decode_fetched<T>));
  }
  bool is_cancelled() const noexcept override { return request_options_.cancel.is_cancelled(); }

 private:
  Client client_;
  RawList list_;
  RequestOptions request_options_;
};

template <class Body>
std::string encode(const Body& body) {
  if constexpr (std::is_same_v<Body, JsonText>) {
    return checked_body(body);
  } else {
    try {
      return nlohmann::json(body).dump();
    } catch (const nlohmann::json::exception& error) {
      refuse_body(error.what());
    }
  }
}

}  // namespace detail

/// One page of `GET path`, whose items stand in `data[list_key]` beside `data.pagination`, as the guide
/// "Pagination" describes list endpoints. Throws as Companies::list does; an item that `from_json` refuses is
/// a DecodeError.
template <class T>
Page<T> list(const Client& client, std::string path, std::string list_key, const ListOptions& options = {},
             const RequestOptions& request_options = {}) {
  const auto page = detail::raw_list(client, {std::move(path), std::move(list_key), options}, request_options,
                                     detail::decode_listed<T>);
  return std::move(*static_cast<Page<T>*>(page.get()));
}

/// The same without waiting, as Companies::list_async. `from_json` runs on the client's own thread.
template <class T>
Async<Page<T>> list_async(const Client& client, std::string path, std::string list_key,
                          const ListOptions& options = {}, const RequestOptions& request_options = {}) {
  return Async<Page<T>>(detail::raw_list_async(client, {std::move(path), std::move(list_key), options},
                                               request_options, detail::decode_listed<T>));
}

/// All pages of it, as Companies::list_all. What tells one item from another is its member `id`, a string or
/// a number. Where items have none, or two of one page have the same, the list goes on by offsets alone, as
/// without ListAllOptions::complete_under_change, which has to be turned off where items of different pages
/// may share an id: only the first of them would be delivered.
template <class T>
PagedRange<T> list_all(const Client& client, std::string path, std::string list_key,
                       const ListAllOptions& options = {}, const RequestOptions& request_options = {}) {
  detail::RawList pages{std::move(path), std::move(list_key), {}};
  return {options, std::make_unique<detail::ResourcePages<T>>(client, std::move(pages), request_options)};
}

/// `POST path` with `body`: a JsonText as it stands (ValidationError where it is no JSON), otherwise anything
/// that nlohmann_json writes (so that a string becomes a JSON string). The answer is read from `data[key]`,
/// or from `data` itself where `key` is empty. Not repeated where the server may have seen it, unless the
/// options say that this does no harm. An answer of success that cannot be read is a DecodeError whose
/// may_have_been_applied() is true.
template <class T, class Body>
T post(const Client& client, std::string path, std::string key, const Body& body,
       const RequestOptions& request_options = {}) {
  const auto posted = detail::raw_post(client, {std::move(path), std::move(key), detail::encode(body)},
                                       request_options, detail::decode_posted<T>);
  return std::move(*static_cast<T*>(posted.get()));
}

/// The same without waiting. `from_json` runs on the client's own thread. What `to_json` throws, where it is
/// no exception of nlohmann_json's, is thrown at once; everything else that post() throws comes with the
/// result.
template <class T, class Body>
Async<T> post_async(const Client& client, std::string path, std::string key, const Body& body,
                    const RequestOptions& request_options = {}) {
  return Async<T>(detail::raw_post_async(
      client, {std::move(path), std::move(key), {}}, [&] { return detail::encode(body); }, request_options,
      detail::decode_posted<T>));
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
