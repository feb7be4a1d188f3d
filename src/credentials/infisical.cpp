#include "credentials/infisical.hpp"

#include "core/path.hpp"
#include "credentials/environment.hpp"

#include <operate/request.hpp>

#include <string_view>
#include <vector>

namespace operate::credentials {

namespace {

constexpr const char* how_to_sign_in =
    "Set INFISICAL_CLIENT_ID and INFISICAL_CLIENT_SECRET, or INFISICAL_TOKEN, or the members of "
    "InfisicalOptions.";

ManagerName manager_of(const InfisicalOptions& options, const std::string& setting) {
  const std::string folder = options.secret_path == "/" ? "" : ", path " + options.secret_path;
  return {"Infisical",
          "project " + options.project_id + ", environment " + options.environment + folder + ", secret " +
              options.secret,
          setting};
}

// What signs in: what the code gives wins over the environment, and an identity over a token, which expires.
bool uses_identity(const InfisicalOptions& options) {
  if (!options.client_id.empty() || !options.client_secret.empty()) return true;
  return options.token.empty() && (is_set("INFISICAL_CLIENT_ID") || is_set("INFISICAL_CLIENT_SECRET"));
}

core::Secret none() { return core::Secret({}); }

}  // namespace

InfisicalKey::InfisicalKey(const InfisicalOptions& options, const std::string& setting)
    : manager_(manager_of(options, setting)),
      site_(site_of(options.site_url, manager_)),
      project_id_(options.project_id),
      environment_(options.environment),
      secret_path_(options.secret_path),
      secret_(options.secret),
      uses_identity_(uses_identity(options)),
      client_id_(uses_identity_ ? given_or_of_environment(options.client_id, "INFISICAL_CLIENT_ID") : none()),
      client_secret_(uses_identity_
                         ? given_or_of_environment(options.client_secret, "INFISICAL_CLIENT_SECRET")
                         : none()),
      token_(uses_identity_ ? none() : given_or_of_environment(options.token, "INFISICAL_TOKEN")),
      time_to_live_(checked_time_to_live(options.time_to_live, manager_)) {
  require_given(project_id_, "project id", manager_);
  require_given(environment_, "environment", manager_);
  require_given(secret_, "secret", manager_);
  if (secret_path_.substr(0, 1) != "/") manager_.refuse("the path of its folder does not begin with `/`.");
}

std::unique_ptr<const core::Secret> InfisicalKey::sign_in(ManagerQuestion& question) const {
  if (client_id_.view().empty() || client_secret_.view().empty())
    question.refuse(client_id_.view().empty() ? "there is no client id" : "there is no client secret", {},
                    how_to_sign_in);
  require_sendable(client_id_.view(), "client id", manager_);
  require_sendable(client_secret_.view(), "client secret", manager_);
  Request request;
  request.method = "POST";
  request.path = "/api/v1/auth/universal-auth/login";
  std::string secret = json_string(client_secret_.view());
  const core::WipeAtEnd wipe_secret(secret);
  request.body.reserve(client_id_.view().size() * 2 + secret.size() +
                       64);  // So that no copy is left as it grows.
  request.body.append(R"({"clientId":)").append(json_string(client_id_.view()));
  request.body.append(R"(,"clientSecret":)").append(secret).append("}");
  const core::WipeAtEnd wipe(request.body);
  auto response = question.ask(request, {});
  if (!response) return nullptr;
  const ManagerAnswer answer(response->body);
  const std::string_view said = answer.root()["message"].string().value_or("");
  if (question.is_retryable(*response)) question.refuse_answer(*response, said);
  if (response->status != 200)
    question.refuse(
        question.status_of(*response) + " to the login", said,
        "Are the client id and secret those of a machine identity with universal auth, and the site right?");
  const auto token = answer.root()["accessToken"].string();
  if (!token || token->empty())
    question.refuse("the answer to the login has no `accessToken`", {}, "Is the site an Infisical?");
  return std::make_unique<const core::Secret>(*token);
}

detail::FetchedKey InfisicalKey::fetch(const detail::FetchContext& context) const {
  ManagerQuestion question(manager_, site_, context);
  question.hide(client_secret_.view());
  question.hide(token_.view());
  std::unique_ptr<const core::Secret> signed_in;
  if (uses_identity_) {
    signed_in = sign_in(question);
    if (!signed_in) return {};
    question.hide(signed_in->view());
  }
  const std::string_view token = signed_in ? signed_in->view() : token_.view();
  if (token.empty()) question.refuse("there is nothing to sign in with", {}, how_to_sign_in);
  require_sendable(token, "token", manager_);

  Request request;
  request.path = "/api/v3/secrets/raw/";
  core::append_encoded(request.path, secret_);
  request.query = {{"workspaceId", project_id_},
                   {"environment", environment_},
                   {"secretPath", secret_path_},
                   {"expandSecretReferences", "true"},
                   {"viewSecretValue", "true"}};
  auto response = question.ask(request, secret_header("Authorization", "Bearer ", token));
  if (!response) return {};
  const ManagerAnswer answer(response->body);
  const std::string_view said = answer.root()["message"].string().value_or("");
  if (response->status != 200)
    question.refuse_answer(
        *response, said,
        {{401, "the token is not accepted", how_to_sign_in},
         {403, "the identity may not read this", "Give it access to the project and the environment."},
         {404, "there is no such secret",
          "Are the project's id, the environment, the path and the secret's name right?"}});
  const auto key = answer.root()["secret"]["secretValue"].string();
  if (!key) question.refuse("the answer has no `secret.secretValue`", {}, "Is the site an Infisical?");
  return key_of(manager_, *key, time_to_live_);
}

}  // namespace operate::credentials
