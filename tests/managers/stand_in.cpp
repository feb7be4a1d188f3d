#include "managers/stand_in.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <utility>

namespace operate::test {

namespace {

using nlohmann::json;

void send(httplib::Response& response, int status, const json& body) {
  response.status = status;
  response.set_content(body.dump(), "application/json");
}

void refuse_as_doppler(httplib::Response& response, int status, const std::string& message) {
  send(response, status, {{"messages", {message}}, {"success", false}});
}

void refuse_as_infisical(httplib::Response& response, int status, const std::string& message,
                         const std::string& error) {
  send(response, status,
       {{"reqId", "req-0"}, {"statusCode", status}, {"message", message}, {"error", error}});
}

}  // namespace

ManagerStandIn::ManagerStandIn(std::string key, std::size_t padding)
    : key_(std::move(key)), server_(std::make_unique<httplib::Server>()) {
  const auto route = [this,
                      padding](void (ManagerStandIn::*handler)(const httplib::Request&, httplib::Response&)) {
    return [this, padding, handler](const httplib::Request& request, httplib::Response& response) {
      if (note(request, response)) (this->*handler)(request, response);
      if (!response.body.empty()) response.body.append(padding, ' ');
    };
  };
  server_->set_tcp_nodelay(true);
  server_->Get("/v3/configs/config/secret", route(&ManagerStandIn::doppler));
  server_->Post("/api/v1/auth/universal-auth/login", route(&ManagerStandIn::login));
  server_->Get(R"(/api/v3/secrets/raw/(.*))", route(&ManagerStandIn::infisical));
  server_->Post("/", route(&ManagerStandIn::aws));
  server_->Get("/container/role", route(&ManagerStandIn::container));
  server_->Put("/latest/api/token", route(&ManagerStandIn::instance));
  server_->Get(R"(/latest/meta-data/.*)", route(&ManagerStandIn::instance));
  port_ = server_->bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

ManagerStandIn::~ManagerStandIn() {
  server_->stop();
  thread_.join();
}

void ManagerStandIn::put(std::string key) {
  const std::lock_guard lock(mutex_);
  key_ = std::move(key);
}

void ManagerStandIn::answer_next(int status, std::string body, int times) {
  const std::lock_guard lock(mutex_);
  next_.insert(next_.end(), static_cast<std::size_t>(times), {status, std::move(body)});
}

std::vector<std::string> ManagerStandIn::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string ManagerStandIn::last_headers() const {
  const std::lock_guard lock(mutex_);
  return last_headers_;
}

std::string ManagerStandIn::key() const {
  const std::lock_guard lock(mutex_);
  return key_;
}

bool ManagerStandIn::note(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request.method + " " + request.target);
  last_headers_.clear();
  for (const auto& [name, value] : request.headers) last_headers_ += name + ": " + value + "\n";
  if (next_.empty()) return true;
  response.status = next_.front().status;
  response.set_content(next_.front().body, "application/json");
  next_.erase(next_.begin());
  return false;
}

void ManagerStandIn::doppler(const httplib::Request& request, httplib::Response& response) {
  if (request.get_header_value("Authorization") != std::string("Bearer ") + doppler_token)
    return refuse_as_doppler(response, 401, "Invalid Service token");
  // A service token belongs to one project and config, so that they may be left out.
  const bool is_named = request.has_param("project") || request.has_param("config");
  if (is_named && (request.get_param_value("project") != "crm" || request.get_param_value("config") != "prd"))
    return refuse_as_doppler(response, 403, "This token does not have access to requested config");
  const std::string name = request.get_param_value("name");
  if (name == "CUT") {
    // Breaks off behind the key.
    return response.set_content_provider(
        100'000, "application/json", [this](std::size_t offset, std::size_t, httplib::DataSink& sink) {
          const std::string begin = R"({"value":{"computed":")" + key() + "\"";
          return offset == 0 && sink.write(begin.data(), begin.size());
        });
  }
  if (name != "OPERATE_API_KEY" && name != "SPÄT & FRÜH")
    return refuse_as_doppler(response, 404, "Could not find requested secret: " + name);
  send(response, 200,
       {{"name", name},
        {"value", {{"raw", "${OTHER}"}, {"computed", key()}, {"note", ""}, {"rawVisibility", "masked"}}},
        {"success", true}});
}

void ManagerStandIn::login(const httplib::Request& request, httplib::Response& response) {
  const json body = json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || body.value("clientId", "") != client_id ||
      body.value("clientSecret", "") != client_secret)
    return refuse_as_infisical(response, 401, "Invalid credentials", "Unauthorized");
  send(response, 200,
       {{"accessToken", access_token},
        {"expiresIn", 7200},
        {"accessTokenMaxTTL", 43200},
        {"tokenType", "Bearer"}});
}

void ManagerStandIn::infisical(const httplib::Request& request, httplib::Response& response) {
  if (request.get_header_value("Authorization") != std::string("Bearer ") + access_token)
    return refuse_as_infisical(response, 401, "Token is not valid", "Unauthorized");
  if (request.get_param_value("workspaceId") != "p-0042")
    return refuse_as_infisical(response, 403, "You do not have permission to access this project",
                               "Forbidden");
  const std::string name = request.matches[1].str(), path = request.get_param_value("secretPath");
  if (name != "OPERATE_API_KEY" || request.get_param_value("environment") != "prod" ||
      (path != "/" && path != "/a b"))
    return refuse_as_infisical(response, 404, "Secret with name '" + name + "' not found", "NotFound");
  send(response, 200,
       {{"secret",
         {{"id", "6f0c"},
          {"_id", "6f0c"},
          {"workspace", "p-0042"},
          {"environment", "prod"},
          {"version", 1},
          {"type", "shared"},
          {"secretKey", name},
          {"secretValue", key()},
          {"secretComment", ""},
          {"secretPath", path},
          {"tags", json::array()}}}});
}

void ManagerStandIn::aws(const httplib::Request& request, httplib::Response& response) {
  const auto refuse = [&](const std::string& type, const std::string& message) {
    send(response, 400, {{"__type", "com.amazonaws.secretsmanager#" + type}, {"Message", message}});
  };
  const std::string authorization = request.get_header_value("Authorization");
  const auto is_signed_by = [&](const std::string& key_id) {
    return authorization.rfind("AWS4-HMAC-SHA256 Credential=" + key_id + "/", 0) == 0 &&
           authorization.find("/eu-west-1/secretsmanager/aws4_request") != std::string::npos;
  };
  const bool is_temporary = is_signed_by(aws_temporary_key_id) &&
                            request.get_header_value("X-Amz-Security-Token") == aws_session_token &&
                            authorization.find("x-amz-security-token") != std::string::npos;
  if (!is_signed_by(aws_key_id) && !is_temporary)
    return refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
  const json body = json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (request.get_header_value("X-Amz-Target") != "secretsmanager.GetSecretValue" ||
      request.get_header_value("Content-Type") != "application/x-amz-json-1.1" || !body.is_object())
    return refuse("InvalidRequestException", "This is no GetSecretValue.");
  const std::string id = body.value("SecretId", "");
  json answer = {{"ARN", "arn:aws:secretsmanager:eu-west-1:1:secret:x"}, {"Name", id}, {"VersionId", "v"}};
  if (body.value("VersionStage", "") != "AWSCURRENT")
    return refuse("ResourceNotFoundException", "Secrets Manager can't find that staging label");
  if (id == "prod/operate" || id.rfind("arn:", 0) == 0)
    answer["SecretString"] = json({{"user", "x"}, {"api_key", key()}, {"number", 7}}).dump();
  else if (id == "plain" || id == "ödd/\"näme\"+=.@-")
    answer["SecretString"] = key();
  else if (id == "binary")
    answer["SecretBinary"] = "AAEC";
  else if (id == "denied")
    return refuse("AccessDeniedException",
                  "User: arn:aws:iam::1:user/x is not authorized to perform: secretsmanager:GetSecretValue");
  else
    return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  send(response, 200, answer);
}

namespace {

json temporary_keys() {
  return {{"Code", "Success"},
          {"AccessKeyId", ManagerStandIn::aws_temporary_key_id},
          {"SecretAccessKey", "SENTINELtemporarySecret0123456789"},
          {"Token", ManagerStandIn::aws_session_token},
          {"Expiration", "2099-01-01T00:00:00Z"}};
}

}  // namespace

void ManagerStandIn::container(const httplib::Request& request, httplib::Response& response) {
  if (request.get_header_value("Authorization") != container_token)
    return send(response, 403, {{"message", "not this task's token"}});
  send(response, 200, temporary_keys());
}

void ManagerStandIn::instance(const httplib::Request& request, httplib::Response& response) {
  const std::string session = "SENTINELsession0123456789";
  const std::string roles = "/latest/meta-data/iam/security-credentials/";
  if (request.method == "PUT") {
    response.status = request.has_header("X-aws-ec2-metadata-token-ttl-seconds") ? 200 : 400;
    response.set_content(session, "text/plain");
  } else if (request.get_header_value("X-aws-ec2-metadata-token") != session) {
    response.status = 401;
  } else if (request.path == roles) {
    response.set_content("the role", "text/plain");
  } else if (request.path == roles + "the role") {
    send(response, 200, temporary_keys());
  } else {
    response.status = 404;
  }
}

}  // namespace operate::test
