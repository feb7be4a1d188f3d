#include "credentials/aws_secrets_manager.hpp"

#include "credentials/environment.hpp"
#include "http/curl_transport.hpp"

#include <operate/request.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace operate::credentials {

namespace {

constexpr const char* service = "secretsmanager";

ManagerName manager_of(const AwsSecretsManagerOptions& options, const std::string& setting) {
  const std::string member = options.json_key.empty() ? "" : ", member " + options.json_key;
  return {"AWS Secrets Manager", "secret " + options.secret_id + member, setting};
}

std::string first_of(const std::string& given, std::initializer_list<const char*> variables) {
  if (!given.empty()) return given;
  for (const char* variable : variables)
    if (auto value = environment_variable(variable)) return std::move(*value);
  return "";
}

std::optional<core::BaseUrl> endpoint_of(const std::string& given, const ManagerName& manager) {
  const std::string url = first_of(given, {"AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"});
  if (url.empty()) return std::nullopt;
  return site_of(url, manager);
}

// `arn:aws:secretsmanager:REGION:...`
std::string region_of_arn(std::string_view id) {
  if (id.substr(0, 4) != "arn:") return "";
  for (int i = 0; i < 3; ++i) id.remove_prefix(std::min(id.find(':'), id.size() - 1) + 1);
  return std::string(id.substr(0, id.find(':')));
}

bool is_region(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

core::BaseUrl site_of_region(const std::string& region, const ManagerName& manager) {
  const std::string domain = region.rfind("cn-", 0) == 0 ? ".amazonaws.com.cn" : ".amazonaws.com";
  return site_of(std::string("https://") + service + "." + region + domain, manager);
}

// `ResourceNotFoundException`, also where a name space stands in front of it.
std::string_view error_type(const json::Value& root) {
  const std::string_view type = root["__type"].string().value_or("");
  const auto hash = type.rfind('#');
  return hash == std::string_view::npos ? type : type.substr(hash + 1);
}

// AWS says so with status 400.
bool is_throttled(const TransportResponse& answer) {
  if (answer.status != 400) return false;
  const auto document = json::Document::parse(answer.body);
  return document && error_type(document->root()).find("Throttling") != std::string_view::npos;
}

}  // namespace

AwsSecretsManagerKey::AwsSecretsManagerKey(const AwsSecretsManagerOptions& options,
                                           const std::string& setting)
    : manager_(manager_of(options, setting)),
      secret_id_(options.secret_id),
      json_key_(options.json_key),
      version_stage_(options.version_stage),
      region_(first_of(options.region, {"AWS_REGION", "AWS_DEFAULT_REGION"})),
      endpoint_(endpoint_of(options.endpoint_url, manager_)),
      credentials_(options.profile),
      time_to_live_(checked_time_to_live(options.time_to_live, manager_)) {
  require_given(secret_id_, "secret id", manager_);
  require_given(version_stage_, "version stage", manager_);
}

std::string AwsSecretsManagerKey::region() const {
  std::string region = region_;
  if (region.empty()) region = credentials_.profile(manager_).region;
  if (region.empty()) region = region_of_arn(secret_id_);
  if (region.empty())
    manager_.refuse(
        "there is no region. Set AWS_REGION, AwsSecretsManagerOptions::region, or the profile's in "
        "~/.aws/config.");
  if (!is_region(region)) manager_.refuse("the region is none, such as eu-central-1.");
  return region;
}

detail::FetchedKey AwsSecretsManagerKey::fetch(const detail::FetchContext& context) const {
  if (!http::signs_for_aws())
    manager_.refuse(
        "this program's " + http::library_version() +
        " signs too little for AWS. Give it 7.88 or newer, or use a command source with AWS's own tool.");
  const std::string region = this->region();
  const core::BaseUrl site = endpoint_ ? *endpoint_ : site_of_region(region, manager_);
  const auto keys = credentials_.find(manager_, context);
  if (!keys) return {};
  require_sendable(keys->key_id->view(), "access key id", manager_);
  require_sendable(keys->secret_key->view(), "secret access key", manager_);
  ManagerQuestion question(manager_, site, context,
                           {std::make_shared<const http::AwsSigning>(
                                keys->key_id->view(), keys->secret_key->view(), region, service),
                            /*is_near=*/false, &is_throttled});
  for (const auto& secret : {keys->key_id, keys->secret_key, keys->session_token})
    if (secret) question.hide(secret->view());
  Request request;
  request.method = "POST";
  request.path = "/";
  request.body =
      R"({"SecretId":)" + json_string(secret_id_) + R"(,"VersionStage":)" + json_string(version_stage_) + "}";
  std::vector<Header> headers = {{"Content-Type", "application/x-amz-json-1.1"},
                                 {"X-Amz-Target", "secretsmanager.GetSecretValue"}};
  if (keys->session_token) {
    require_sendable(keys->session_token->view(), "session token", manager_);
    headers.push_back({"X-Amz-Security-Token", std::string(keys->session_token->view())});
  }
  auto response = question.ask(request, std::move(headers));
  if (!response) return {};
  const ManagerAnswer answer(response->body);
  if (response->status != 200) refuse(question, *response, answer.root());
  const auto secret = answer.root()["SecretString"].string();
  if (!secret && answer.root()["SecretBinary"])
    question.refuse("the secret is a binary one", {}, "Store the key as text.");
  if (!secret)
    question.refuse("the answer has no `SecretString`", {}, "Is the endpoint AWS Secrets Manager's?");
  return read(*secret);
}

detail::FetchedKey AwsSecretsManagerKey::read(std::string_view secret) const {
  std::string text(secret);
  const core::WipeAtEnd wipe(text);
  std::string_view key = text;
  std::optional<ManagerAnswer> object;
  if (!json_key_.empty()) {
    object.emplace(text);
    if (!object->root().is(json::Kind::object))
      manager_.refuse("the secret is no JSON object, so it has no member " + json_key_ + ".");
    const json::Value member = object->root()[json_key_];
    if (!member) manager_.refuse("the secret has no member " + json_key_ + ".");
    if (!member.string()) manager_.refuse("the secret's member " + json_key_ + " is no string.");
    key = *member.string();
  } else if (key.find_first_not_of(" \t\r\n") != std::string_view::npos &&
             key[key.find_first_not_of(" \t\r\n")] == '{') {
    manager_.refuse(
        "the secret is a JSON object. Name the member that is the key: AwsSecretsManagerOptions::json_key, "
        "or #MEMBER "
        "in a setting.");
  }
  return key_of(manager_, key, time_to_live_);
}

void AwsSecretsManagerKey::refuse(const ManagerQuestion& question, const TransportResponse& response,
                                  const json::Value& root) const {
  const std::string_view type = error_type(root);
  std::string_view said = root["message"].string().value_or("");
  if (said.empty()) said = root["Message"].string().value_or("");
  const auto is_one_of = [&](std::initializer_list<std::string_view> types) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  std::string problem = question.status_of(response);
  // A word for programs; anything else is the server's own text.
  if (std::all_of(type.begin(), type.end(),
                  [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }) &&
      !type.empty() && type.size() < 64)
    problem.append(" (").append(type).append(")");
  std::string advice;
  if (type == "ResourceNotFoundException") {
    problem += ", there is no such secret";
    advice = "Are the secret's id and the region right, and has it a version of that stage?";
  } else if (type == "AccessDeniedException") {
    problem += ", these credentials may not read it";
    advice =
        "They need secretsmanager:GetSecretValue for the secret, and kms:Decrypt where it has a key of its "
        "own.";
  } else if (is_one_of({"UnrecognizedClientException", "InvalidSignatureException",
                        "IncompleteSignatureException", "ExpiredTokenException", "ExpiredToken",
                        "InvalidClientTokenId", "SignatureDoesNotMatch",
                        "MissingAuthenticationTokenException"})) {
    problem += ", the credentials are not accepted";
    advice = "Are they right and not expired, and is this machine's clock right?";
  }
  question.refuse(problem, said, advice, question.is_retryable(response));
}

}  // namespace operate::credentials
