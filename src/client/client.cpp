#include <operate/client.hpp>

#include "client/client_state.hpp"
#include "core/answer.hpp"

#include <utility>

namespace operate {
inline namespace v0 {

Client::Client(const Config& config) : state_(std::make_shared<detail::ClientState>(config)) {}
Client Client::from_environment() { return Client(Config::from_environment()); }
Client::Client(const Client&) noexcept = default;
Client& Client::operator=(const Client&) noexcept = default;
Client::~Client() = default;

Companies Client::companies() const { return Companies(state_); }
People Client::people() const { return People(state_); }

Response Client::call(const Request& request, const RequestOptions& options) const {
  const bool safe_to_repeat =
      request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  return state_->call(request, options, safe_to_repeat, [](core::Exchange&& exchange) -> Response {
    core::require_success(exchange);
    return {exchange.answer.status, std::move(exchange.answer.headers), std::move(exchange.answer.body),
            std::move(exchange.answer.transfer)};
  });
}

std::string Client::explain(const Request& request, const RequestOptions& options) const {
  return state_->explain(request, options);
}

}  // namespace v0
}  // namespace operate
