#include <operate/people.hpp>

#include "client/client_state.hpp"
#include "core/answer.hpp"
#include "core/endpoint.hpp"
#include "core/validation.hpp"
#include "json/resources.hpp"

#include <utility>

namespace operate {
inline namespace v0 {

People::People(std::shared_ptr<detail::ClientState> state) : state_(std::move(state)) {}

Person People::create(const NewPerson& person, const RequestOptions& request_options) const {
  core::validate(person);
  const core::Endpoint& endpoint = core::people_create;
  Request request;
  request.method = endpoint.method;
  request.path = endpoint.path;
  request.body = json::write_person(person);
  return state_->call(request, request_options, endpoint.safe_to_repeat, [](core::Exchange&& exchange) {
    const json::Document document = core::read_document(exchange);
    Person created = json::read_person(document.root(), exchange.answer.body);
    created.transfer = std::move(exchange.answer.transfer);
    return created;
  });
}

}  // namespace v0
}  // namespace operate
