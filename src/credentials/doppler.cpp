#include "credentials/doppler.hpp"

#include <operate/request.hpp>

#include <string_view>
#include <vector>

namespace operate::credentials {

namespace {

constexpr const char* token_variable = "DOPPLER_TOKEN";

ManagerName manager_of(const DopplerOptions& options, const std::string& setting) {
  const std::string place = options.project.empty()
                                ? "the token's project"
                                : "project " + options.project + ", config " + options.config;
  return {"Doppler", place + ", secret " + options.secret, setting};
}

std::string_view first_message(const json::Value& root) {
  const auto messages = root["messages"].elements();
  return messages.empty() ? std::string_view() : messages.front().string().value_or("");
}

}  // namespace

DopplerKey::DopplerKey(const DopplerOptions& options, const std::string& setting)
    : manager_(manager_of(options, setting)),
      site_(site_of(options.site_url, manager_)),
      project_(options.project),
      config_(options.config),
      secret_(options.secret),
      token_(given_or_of_environment(options.token, token_variable)),
      time_to_live_(checked_time_to_live(options.time_to_live, manager_)) {
  if (project_.empty() != config_.empty())
    manager_.refuse("a project and a config go together; with a service token, neither is needed.");
  require_given(secret_, "secret", manager_);
}

detail::FetchedKey DopplerKey::fetch(const detail::FetchContext& context) const {
  ManagerQuestion question(manager_, site_, context);
  question.hide(token_.view());
  if (token_.view().empty())
    question.refuse("there is no token", {},
                    "Set DOPPLER_TOKEN, or DopplerOptions::token, to a service token.");
  require_sendable(token_.view(), "token", manager_);

  Request request;
  request.path = "/v3/configs/config/secret";
  if (!project_.empty()) request.query = {{"project", project_}, {"config", config_}};
  request.query.push_back({"name", secret_});
  auto response = question.ask(request, secret_header("Authorization", "Bearer ", token_.view()));
  if (!response) return {};
  const ManagerAnswer answer(response->body);
  const std::string_view said = first_message(answer.root());
  if (response->status != 200)
    question.refuse_answer(
        *response, said,
        {{401, "the token is not accepted",
          "Is DOPPLER_TOKEN, or DopplerOptions::token, a service token that was not revoked?"},
         {403, "the token may not read this", "Give it access to the project and config."},
         {404, "there is no such secret", "Are project, config and the secret's name right?"}});
  const auto key = answer.root()["value"]["computed"].string();
  if (!key) question.refuse("the answer has no `value.computed`", {}, "Is the site Doppler's API?");
  return key_of(manager_, *key, time_to_live_);
}

}  // namespace operate::credentials
