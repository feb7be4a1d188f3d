#include "credentials/aws_credentials.hpp"

#include "core/base_url.hpp"
#include "core/path.hpp"
#include "credentials/environment.hpp"
#include "credentials/file.hpp"

#include <operate/request.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace operate::credentials {

namespace {

std::string variable_or(const char* name, std::string otherwise) {
  return environment_variable(name).value_or(std::move(otherwise));
}

std::string in_home(const char* name) {
  const auto home = environment_variable("HOME");
  return home ? (std::filesystem::path(*home) / ".aws" / name).string() : std::string();
}

constexpr const char* container_path_variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* container_url_variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

constexpr const char* not_done =
    ", which is not done here. Let `aws configure export-credentials`, or a command source, do so.";

// A URL taken apart, for a host that may be asked for credentials.
struct CredentialsUrl {
  core::BaseUrl site;
  Request request;
  bool is_near;
};

// `http` only to this machine and to AWS's own addresses on this link, `https` to any.
CredentialsUrl read_url(const std::string& url, const char* variable, const ManagerName& manager) {
  const std::size_t scheme = url.find("://");
  const std::size_t path =
      scheme == std::string::npos ? url.size() : std::min(url.find_first_of("/?#", scheme + 3), url.size());
  CredentialsUrl result;
  if (const auto problem = core::read_base_url(url.substr(0, path), result.site))
    manager.refuse(std::string(variable) + " " + *problem + ".");
  constexpr std::array<std::string_view, 5> near = {"169.254.169.254", "169.254.170.2", "169.254.170.23",
                                                    "[fd00:ec2::254]", "[fd00:ec2::23]"};
  result.is_near =
      result.site.loopback || std::find(near.begin(), near.end(), result.site.authority.host) != near.end();
  if (!result.site.tls && !result.is_near)
    manager.refuse(std::string(variable) +
                   " names another machine by http, where everybody on the way could read the credentials.");
  if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c > '~' || c == '#'; }))
    manager.refuse(std::string(variable) + " holds a blank, a `#` or another character that no URL holds.");
  result.request.path = path < url.size() && url[path] == '/' ? url.substr(path) : "/";
  return result;
}

std::shared_ptr<const core::Secret> secret_of(std::optional<std::string_view> text) {
  return text && !text->empty() ? std::make_shared<const core::Secret>(*text) : nullptr;
}

AwsKeys keys_of_environment() {
  const auto secret = [](const char* name) {
    const char* value = std::getenv(name);
    return secret_of(value ? std::optional<std::string_view>(value) : std::nullopt);
  };
  return {secret("AWS_ACCESS_KEY_ID"), secret("AWS_SECRET_ACCESS_KEY"), secret("AWS_SESSION_TOKEN")};
}

// What a container's and an instance's service say alike; empty where it is not that.
std::optional<AwsKeys> keys_of(const json::Value& root) {
  AwsKeys keys{secret_of(root["AccessKeyId"].string()), secret_of(root["SecretAccessKey"].string()),
               secret_of(root["Token"].string())};
  if (!keys.are_complete()) return std::nullopt;
  return keys;
}

std::string first_line(std::string_view text) {
  return std::string(without_newline(text.substr(0, text.find('\n'))));
}

}  // namespace

AwsCredentials::AwsCredentials(std::string profile)
    : names_profile_(!profile.empty()),
      profile_(names_profile_ ? std::move(profile)
                              : variable_or("AWS_PROFILE", variable_or("AWS_DEFAULT_PROFILE", "default"))),
      credentials_file_(variable_or("AWS_SHARED_CREDENTIALS_FILE", in_home("credentials"))),
      config_file_(variable_or("AWS_CONFIG_FILE", in_home("config"))),
      keys_(names_profile_ ? AwsKeys() : keys_of_environment()),
      names_web_identity_(!names_profile_ && is_set("AWS_WEB_IDENTITY_TOKEN_FILE")),
      container_variable_(is_set(container_path_variable) ? container_path_variable : container_url_variable),
      container_url_(is_set(container_path_variable)
                         ? "http://169.254.170.2" + variable_or(container_path_variable, "")
                         : variable_or(container_url_variable, "")),
      container_token_file_(variable_or("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")),
      container_token_(given_or_of_environment({}, "AWS_CONTAINER_AUTHORIZATION_TOKEN")),
      uses_instance_(variable_or("AWS_EC2_METADATA_DISABLED", "") != "true"),
      instance_url_(variable_or("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254")) {}

AwsProfile AwsCredentials::profile(const ManagerName& manager) const {
  AwsProfile profile;
  for (const bool is_config : {false, true}) {
    const std::string& path = is_config ? config_file_ : credentials_file_;
    std::error_code error;
    if (path.empty() || !std::filesystem::exists(path, error)) continue;
    std::string text = read_file(path, manager.setting, "AWS's file");
    const core::WipeAtEnd wipe(text);
    read_aws_profile(text, profile_, is_config, profile);
  }
  return profile;
}

std::optional<AwsKeys> AwsCredentials::find(const ManagerName& manager,
                                            const detail::FetchContext& context) const {
  if (keys_.are_complete()) return keys_;
  if (keys_.key_id || keys_.secret_key)
    manager.refuse("of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, only one is set.");
  if (names_web_identity_)
    manager.refuse(std::string("AWS_WEB_IDENTITY_TOKEN_FILE signs in by a web identity") + not_done);
  const AwsProfile profile = this->profile(manager);
  if (profile.keys.are_complete()) return profile.keys;
  const std::string place = "the profile " + profile_ + " of " + credentials_file_ + " and " + config_file_;
  if (!profile.other_way.empty()) manager.refuse(place + " signs in by " + profile.other_way + not_done);
  if (profile_ != "default") manager.refuse("there are no keys in " + place + ".");
  if (!container_url_.empty()) return of_container(manager, context);
  return of_instance(manager, context,
                     (names_profile_ ? "" : "AWS_ACCESS_KEY_ID is not set, ") +
                         ("there are no keys in " + place) + ", and this is no container with a role");
}

std::optional<AwsKeys> AwsCredentials::of_container(const ManagerName& manager,
                                                    const detail::FetchContext& context) const {
  const CredentialsUrl url = read_url(container_url_, container_variable_, manager);
  ManagerQuestion question(manager, url.site, context, {nullptr, url.is_near});
  std::string token(container_token_.view());
  const core::WipeAtEnd wipe(token);
  if (!container_token_file_.empty()) {
    std::string text =
        read_file(container_token_file_, manager.setting, "The file with the container's token");
    const core::WipeAtEnd wipe_text(text);
    token = without_newline(text);
  }
  question.hide(token);
  if (!token.empty()) require_given(token, "container's token", manager);
  auto response = question.ask(
      url.request, token.empty() ? std::vector<Header>() : secret_header("Authorization", {}, token));
  if (!response) return std::nullopt;
  const ManagerAnswer answer(response->body);
  if (response->status != 200)
    question.refuse(question.status_of(*response) + " from the container's credentials service",
                    answer.root()["message"].string().value_or(""), "Has the task, or the pod, a role?",
                    question.is_retryable(*response));
  auto keys = keys_of(answer.root());
  if (!keys) question.refuse("the container's credentials service gave no keys");
  return keys;
}

std::optional<AwsKeys> AwsCredentials::of_instance(const ManagerName& manager,
                                                   const detail::FetchContext& context,
                                                   const std::string& looked_at) const {
  const std::string begin = "there are no credentials for AWS: " + looked_at;
  if (!uses_instance_) manager.refuse(begin + "; AWS_EC2_METADATA_DISABLED is true.");
  const CredentialsUrl url = read_url(instance_url_, "AWS_EC2_METADATA_SERVICE_ENDPOINT", manager);
  ManagerQuestion question(manager, url.site, context, {nullptr, url.is_near});
  Request request;
  request.method = "PUT";
  request.path = "/latest/api/token";
  auto result = question.try_to_ask(request, {{"X-aws-ec2-metadata-token-ttl-seconds", "300"}});
  if (!result) return std::nullopt;
  const auto* failure = std::get_if<TransportFailure>(&*result);
  if (failure)
    question.refuse(begin + "; nor is it an instance: " + question.no_answer(*failure), {}, {},
                    question.is_retryable(*failure));
  auto& first = std::get<TransportResponse>(*result);
  const core::WipeAtEnd wipe(first.body);
  if (first.status != 200)
    question.refuse(begin + "; the instance's metadata service answered with " + question.status_of(first),
                    {}, {}, question.is_retryable(first));
  const std::string_view token = without_newline(first.body);
  question.hide(token);
  require_sendable(token, "metadata service's token", manager);
  const auto header = [&] { return secret_header("X-aws-ec2-metadata-token", {}, token); };

  request.method = "GET";
  request.path = "/latest/meta-data/iam/security-credentials/";
  const auto roles = question.ask(request, header());
  if (!roles) return std::nullopt;
  const std::string role = first_line(std::string_view(roles->body).substr(0, 64));
  if (roles->status != 200 || role.empty())
    question.refuse(begin + "; the instance has no role (" + question.status_of(*roles) + ")", {}, {},
                    question.is_retryable(*roles));
  core::append_encoded(request.path, role);
  auto response = question.ask(request, header());
  if (!response) return std::nullopt;
  const ManagerAnswer answer(response->body);
  auto keys = response->status == 200 ? keys_of(answer.root()) : std::nullopt;
  if (!keys)
    question.refuse("the instance's metadata service gave no keys for the role " + role + " (" +
                        question.status_of(*response) + ")",
                    answer.root()["Message"].string().value_or(""), {}, question.is_retryable(*response));
  return keys;
}

}  // namespace operate::credentials
