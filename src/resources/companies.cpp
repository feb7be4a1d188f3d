#include <operate/companies.hpp>

#include "client/client_state.hpp"
#include "core/answer.hpp"
#include "core/endpoint.hpp"
#include "json/resources.hpp"
#include "resources/list_call.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace {

detail::FetchedPage<Company> read_page(core::Exchange&& done) {
  const auto exchange = std::make_shared<const core::Exchange>(std::move(done));
  const json::Document document = core::read_document(*exchange);
  const core::ListAnswer list = core::read_list(*exchange, document, core::companies_list.list_key);

  std::vector<Company> companies;
  companies.reserve(list.items.size());
  detail::PageContent content;
  for (const json::Value& item : list.items) {
    auto company = json::read_company(item);
    if (!company) core::raise_undecodable(*exchange, "has a company without a string `id`.");
    resources::add_item(content, item);
    companies.push_back(std::move(*company));
  }
  return {Page<Company>(std::move(companies), list.pagination, exchange->answer.transfer),
          std::move(content),
          {exchange}};
}

detail::FetchedPage<Company> fetch(detail::ClientState& client, const ListOptions& options,
                                   const RequestOptions& request_options) {
  const core::Endpoint& endpoint = core::companies_list;
  return client.call(resources::list_request(std::string(endpoint.path), options), request_options,
                     endpoint.safe_to_repeat, read_page);
}

template <class Read>
auto fetch_async(detail::ClientState& client, const ListOptions& options,
                 const RequestOptions& request_options, Read read) {
  const core::Endpoint& endpoint = core::companies_list;
  return client.call_async_by([&] { return resources::list_request(std::string(endpoint.path), options); },
                              request_options, endpoint.safe_to_repeat, read);
}

class CompanyPages : public detail::PageSource<Company> {
 public:
  CompanyPages(std::shared_ptr<detail::ClientState> client, RequestOptions request_options)
      : client_(std::move(client)), request_options_(std::move(request_options)) {}
  detail::FetchedPage<Company> fetch(const ListOptions& options) override {
    return operate::fetch(*client_, options, request_options_);
  }
  Async<detail::FetchedPage<Company>> fetch_async(const ListOptions& options, WhenFull when_full) override {
    request_options_.when_full = when_full;
    return operate::fetch_async(*client_, options, request_options_, read_page);
  }
  bool is_cancelled() const noexcept override { return request_options_.cancel.is_cancelled(); }

 private:
  std::shared_ptr<detail::ClientState> client_;
  RequestOptions request_options_;
};

}  // namespace

Companies::Companies(std::shared_ptr<detail::ClientState> state) : state_(std::move(state)) {}

Page<Company> Companies::list(const ListOptions& options, const RequestOptions& request_options) const {
  return fetch(*state_, options, request_options).page;
}

Async<Page<Company>> Companies::list_async(const ListOptions& options,
                                           const RequestOptions& request_options) const {
  return fetch_async(*state_, options, request_options,
                     [](core::Exchange&& exchange) { return read_page(std::move(exchange)).page; });
}

PagedRange<Company> Companies::list_all(const ListAllOptions& options,
                                        const RequestOptions& request_options) const {
  return {options, std::make_unique<CompanyPages>(state_, request_options)};
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
