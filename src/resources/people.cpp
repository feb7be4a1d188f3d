#include <operate/people.hpp>

#include "client/client_state.hpp"
#include "core/answer.hpp"
#include "core/endpoint.hpp"
#include "core/validation.hpp"
#include "json/resources.hpp"

#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

People::People(std::shared_ptr<detail::ClientState> state) : state_(std::move(state)) {}

namespace {

Request create_request(const NewPerson& person) {
  core::validate(person);
  Request request;
  request.method = core::people_create.method;
  request.path = core::people_create.path;
  request.body = json::write_person(person);
  return request;
}

Person read_created(core::Exchange&& exchange) {
  const json::Document document = core::read_document(exchange);
  Person created = json::read_person(document.root(), exchange.answer.body);
  created.transfer = std::move(exchange.answer.transfer);
  return created;
}

}  // namespace

Person People::create(const NewPerson& person, const RequestOptions& request_options) const {
  return state_->call(create_request(person), request_options, core::people_create.safe_to_repeat,
                      read_created);
}

Async<Person> People::create_async(const NewPerson& person, const RequestOptions& request_options) const {
  return state_->call_async_by([&] { return create_request(person); }, request_options,
                               core::people_create.safe_to_repeat, read_created);
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
