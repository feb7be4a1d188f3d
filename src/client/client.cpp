#include <operate/client.hpp>

#include "client/client_state.hpp"
#include "core/answer.hpp"

#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

Client::Client(const Config& config) : state_(std::make_shared<detail::ClientState>(config)) {}
Client Client::from_environment() { return Client(Config::from_environment()); }
Client::Client(const Client&) noexcept = default;
Client& Client::operator=(const Client&) noexcept = default;
Client::~Client() = default;

Companies Client::companies() const { return Companies(state_); }
People Client::people() const { return People(state_); }

namespace {

bool is_safe_to_repeat(const Request& request) {
  return request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
}

Response read_response(core::Exchange&& exchange) {
  core::require_success(exchange);
  return {exchange.answer.status, std::move(exchange.answer.headers), std::move(exchange.answer.body),
          std::move(exchange.answer.transfer)};
}

}  // namespace

Response Client::call(const Request& request, const RequestOptions& options) const {
  return state_->call(request, options, is_safe_to_repeat(request), read_response);
}

Async<Response> Client::call_async(const Request& request, const RequestOptions& options) const {
  return state_->call_async_by([&] { return request; }, options, is_safe_to_repeat(request), read_response);
}

std::string Client::explain(const Request& request, const RequestOptions& options) const {
  return state_->explain(request, options);
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
