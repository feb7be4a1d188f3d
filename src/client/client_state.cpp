#include "client/client_state.hpp"

#include "client/call.hpp"
#include "client/engine.hpp"
#include "client/libcurl_transport.hpp"
#include "client/transport_threads.hpp"
#include "core/curl_command.hpp"
#include "http/multi_transport.hpp"

#include <algorithm>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

ClientState::ClientState(const Config& config) : context_(std::make_shared<client::CallContext>(config)) {
  // Here, as no other thread forks while the program's first client is made.
  prepare_to_fail();
  if (!context_->config.transport)
    libcurl_.emplace(client::transport_settings(context_->config, context_->base_url));
}

ClientState::~ClientState() = default;

std::string ClientState::explain(const Request& request, const RequestOptions& options) const {
  core::validate(request);
  core::validate(options);
  const auto [timeout, deadline] = context_->limits_of(options);
  core::CurlSettings settings{
      context_->config.connect_timeout, std::min(timeout, deadline), context_->config.ca_file, {}};
  if (libcurl_) settings.proxy = libcurl_->settings().proxy;
  const auto key = context_->keys->known();
  // Before they are percent-encoded, behind which a key could not be found.
  Request shown = request;
  RequestOptions shown_options = options;
  for (auto* query : {&shown.query, &shown_options.query})
    for (auto& [name, value] : *query) {
      name = key ? key->redact(name) : name;
      value = key ? key->redact(value) : value;
    }
  TransportRequest wire = context_->build(shown, shown_options, false);
  if (key) wire.api_key = key->value();
  return core::curl_command(wire, settings);
}

client::Engine& ClientState::engine() {
  return engine_.get([this]() -> std::unique_ptr<client::Engine> {
    std::unique_ptr<http::AsyncTransport> transport;
    if (libcurl_)
      transport = std::make_unique<http::MultiTransport>(libcurl_->settings());
    else
      transport = std::make_unique<client::TransportThreads>(context_->config.transport,
                                                             context_->config.max_connections);
    return std::make_unique<client::Engine>(context_, std::move(transport));
  });
}

AsyncHandle ClientState::call_async(const std::function<Request()>& make, const RequestOptions& options,
                                    bool safe_to_repeat, client::AsyncCall::Read read) {
  return engine().submit(make, options, safe_to_repeat, std::move(read));
}

core::Exchange ClientState::execute(const Request& request, const RequestOptions& options,
                                    bool safe_to_repeat, CallReporter& reporter) {
  using Step = client::Call::Step;
  client::Call call(*context_, request, options, safe_to_repeat, reporter);
  if (context_->keys->wants_refresh()) call.refresh_key();
  for (Step step = call.next(); step != Step::finish; step = call.next()) {
    if (step == Step::wait) {
      context_->clock->sleep_until(call.due_at(), options.cancel);
    } else if (step == Step::fetch_key) {
      call.fetch_key();
    } else if (!libcurl_) {
      const TransportLimits limits = call.begin_attempt();
      call.end_attempt(context_->config.transport->send(call.request(), limits));
    } else {
      auto lease = libcurl_->reserve(call.time_left(), options.cancel);
      // While this call waited for a connection, another may have been told to stay away.
      if (call.next() != Step::send || !lease) continue;
      const TransportLimits limits = call.begin_attempt();
      call.end_attempt(libcurl_->send(lease, call.request(), limits));
    }
  }
  return call.finish();
}

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
