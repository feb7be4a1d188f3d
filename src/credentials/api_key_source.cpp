#include <operate/api_key_source.hpp>

#include "core/refuse.hpp"
#include "core/secret.hpp"
#include "credentials/aws_secrets_manager.hpp"
#include "credentials/command_key.hpp"
#include "credentials/doppler.hpp"
#include "credentials/environment.hpp"
#include "credentials/file.hpp"
#include "credentials/infisical.hpp"
#include "credentials/key_provider.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace {

using detail::setting_of_code;
constexpr const char* key_variable = "OPERATE_API_KEY";
constexpr const char* file_variable = "OPERATE_API_KEY_FILE";
constexpr const char* source_variable = "OPERATE_API_KEY_SOURCE";
constexpr const char* where_keys_are_made = " Keys are made in app.operate.so, Settings > API Keys.";

class LiteralKey : public detail::KeyProvider {
 public:
  LiteralKey(std::string_view key, std::string origin, std::string setting)
      : key_(key), origin_(std::move(origin)), setting_(std::move(setting)) {}
  Kind kind() const noexcept override { return Kind::fixed; }
  detail::FetchedKey fetch(const detail::FetchContext&) const override {
    return {std::make_shared<const core::ApiKey>(key_.view(), origin_, setting_)};
  }

 private:
  core::Secret key_;
  std::string origin_;
  std::string setting_;
};

class EnvironmentKey : public detail::KeyProvider {
 public:
  explicit EnvironmentKey(std::string variable) : variable_(std::move(variable)) {}
  // Reading a variable while another thread may set one is no defined behaviour, so it is read once.
  Kind kind() const noexcept override { return Kind::fixed; }
  detail::FetchedKey fetch(const detail::FetchContext&) const override {
    auto key = credentials::environment_variable(variable_);
    if (!key)
      core::refuse_setting(variable_, "No API key: the environment variable " + variable_ +
                                          " is not set or empty." + where_keys_are_made);
    const core::WipeAtEnd wipe(*key);
    return {std::make_shared<const core::ApiKey>(*key, "the environment variable " + variable_, variable_)};
  }

 private:
  std::string variable_;
};

class FileKey : public detail::KeyProvider {
 public:
  // `setting` is what named the file.
  FileKey(std::string path, std::string setting) : path_(std::move(path)), setting_(std::move(setting)) {}
  Kind kind() const noexcept override { return Kind::file; }
  detail::FetchedKey fetch(const detail::FetchContext&) const override {
    detail::FetchedKey fetched;
    std::string text = credentials::read_file(path_, setting_, "The API key file", &fetched.version);
    const core::WipeAtEnd wipe(text);
    fetched.key = std::make_shared<const core::ApiKey>(credentials::without_newline(text),
                                                       "the file " + path_, setting_);
    credentials::warn_if_others_can_read(path_);
    return fetched;
  }
  credentials::FileVersion version() const noexcept override { return credentials::version_of(path_); }

 private:
  std::string path_;
  std::string setting_;
};

class CallbackKey : public detail::KeyProvider {
 public:
  explicit CallbackKey(std::function<std::string()> callback) : callback_(std::move(callback)) {}
  Kind kind() const noexcept override { return Kind::slow; }
  std::string name() const override { return "a callback of the program's"; }
  detail::FetchedKey fetch(const detail::FetchContext&) const override {
    std::string key = call();
    const core::WipeAtEnd wipe(key);
    return {std::make_shared<const core::ApiKey>(key, name(), setting_of_code)};
  }

 private:
  std::string call() const {
    const std::string begin = "The callback that is to give the API key has thrown";
    try {
      return callback_();
    } catch (const std::exception& error) {
      core::refuse_setting(setting_of_code, begin + ": " + error.what());
    } catch (...) {
      core::refuse_setting(setting_of_code, begin + " something that is no std::exception.");
    }
  }

  std::function<std::string()> callback_;
};

void require_command(const std::vector<std::string>& command, std::chrono::milliseconds time_limit) {
  if (command.empty() || command.front().empty())
    core::refuse_setting(setting_of_code, "The command that is to give the API key names no program.");
  if (std::any_of(command.begin(), command.end(),
                  [](const std::string& word) { return word.find('\0') != std::string::npos; }))
    core::refuse_setting(setting_of_code,
                         "The command that is to give the API key has an argument with a NUL in it.");
  if (time_limit.count() <= 0)
    core::refuse_setting(setting_of_code, "The command that is to give the API key has a time limit of " +
                                              std::to_string(time_limit.count()) +
                                              " ms; it must be more than zero.");
}

}  // namespace

ApiKeySource::ApiKeySource() = default;
ApiKeySource::ApiKeySource(std::shared_ptr<const detail::KeyProvider> provider)
    : provider_(std::move(provider)) {}
ApiKeySource::ApiKeySource(const char* key) {
  if (!key)
    core::refuse_setting(
        setting_of_code,
        "The API key is a null pointer; std::getenv returns one for a variable that is not set.");
  provider_ = std::make_shared<LiteralKey>(key, setting_of_code, setting_of_code);
}
ApiKeySource::ApiKeySource(std::string key) : ApiKeySource(std::string_view(key)) { core::wipe(key); }
ApiKeySource::ApiKeySource(std::string_view key)
    : provider_(std::make_shared<LiteralKey>(key, setting_of_code, setting_of_code)) {}

ApiKeySource ApiKeySource::environment(std::string variable) {
  return ApiKeySource(std::make_shared<EnvironmentKey>(std::move(variable)));
}

ApiKeySource ApiKeySource::file(std::string path) {
  return ApiKeySource(std::make_shared<FileKey>(std::move(path), setting_of_code));
}

ApiKeySource ApiKeySource::command(std::vector<std::string> command, std::chrono::milliseconds time_limit) {
  require_command(command, time_limit);
  return ApiKeySource(
      std::make_shared<credentials::CommandKey>(std::move(command), time_limit, setting_of_code));
}

ApiKeySource ApiKeySource::callback(std::function<std::string()> callback) {
  if (!callback) core::refuse_setting(setting_of_code, "The callback that is to give the API key is empty.");
  return ApiKeySource(std::make_shared<CallbackKey>(std::move(callback)));
}

ApiKeySource ApiKeySource::aws_secrets_manager(const AwsSecretsManagerOptions& options) {
  return ApiKeySource(std::make_shared<credentials::AwsSecretsManagerKey>(options, setting_of_code));
}

ApiKeySource ApiKeySource::doppler(const DopplerOptions& options) {
  return ApiKeySource(std::make_shared<credentials::DopplerKey>(options, setting_of_code));
}

ApiKeySource ApiKeySource::infisical(const InfisicalOptions& options) {
  return ApiKeySource(std::make_shared<credentials::InfisicalKey>(options, setting_of_code));
}

ApiKeySource detail::KeyProvider::literal(std::string_view key, std::string origin,
                                          std::string setting_name) {
  return ApiKeySource(std::make_shared<LiteralKey>(key, std::move(origin), std::move(setting_name)));
}

ApiKeySource detail::KeyProvider::file(std::string path, std::string setting_name) {
  return ApiKeySource(std::make_shared<FileKey>(std::move(path), std::move(setting_name)));
}

ConfigError detail::KeyProvider::no_answer_within(std::chrono::milliseconds time) const {
  return core::setting_error(
      setting_of_code,
      "No API key from " + name() + ": it did not answer within " + std::to_string(time.count()) + " ms.",
      /*retryable=*/true);
}

ApiKeySource detail::KeyProvider::in_environment() {
  const char* found = nullptr;
  for (const char* variable : {key_variable, file_variable, source_variable}) {
    if (!credentials::is_set(variable)) continue;
    if (found)
      core::refuse_setting(found, std::string(found) + " and " + variable +
                                      " are both set, and only one can be the key; unset the other.");
    found = variable;
  }
  if (!found) return {};
  auto text = credentials::environment_variable(found).value_or("");
  const core::WipeAtEnd wipe(text);
  // As it is now, like the other two.
  if (found == key_variable)
    return literal(text, std::string("the environment variable ") + key_variable, key_variable);
  return found == file_variable ? file(text, file_variable) : named(text, source_variable, source_variable);
}

std::shared_ptr<const detail::KeyProvider> detail::KeyProvider::of(const ApiKeySource& source) {
  if (source.provider_) return source.provider_;
  if (auto provider = in_environment().provider_) return provider;
  core::refuse_setting(
      setting_of_code,
      std::string("No API key. Config::api_key is not set, and none of the environment variables "
                  "OPERATE_API_KEY, OPERATE_API_KEY_FILE and OPERATE_API_KEY_SOURCE; set one of them, or "
                  "let Client::from_environment() find one in a settings file's profile.") +
          where_keys_are_made);
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
