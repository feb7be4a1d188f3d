#include <operate/api_key_source.hpp>

#include "core/refuse.hpp"
#include "core/secret.hpp"
#include "credentials/environment.hpp"
#include "credentials/file.hpp"
#include "credentials/key_provider.hpp"

#include <utility>

namespace operate {
inline namespace v0 {

namespace {

constexpr const char* setting = "Config::api_key";
constexpr const char* key_variable = "OPERATE_API_KEY";
constexpr const char* file_variable = "OPERATE_API_KEY_FILE";
constexpr const char* where_keys_are_made = " Keys are made in app.operate.so, Settings > API Keys.";

class LiteralKey : public detail::KeyProvider {
 public:
  LiteralKey(std::string_view key, std::string origin, std::string setting)
      : key_(key), origin_(std::move(origin)), setting_(std::move(setting)) {}
  std::shared_ptr<const core::ApiKey> load() const override {
    return std::make_shared<const core::ApiKey>(key_.view(), origin_, setting_);
  }

 private:
  core::Secret key_;
  std::string origin_;
  std::string setting_;
};

class EnvironmentKey : public detail::KeyProvider {
 public:
  explicit EnvironmentKey(std::string variable) : variable_(std::move(variable)) {}
  std::shared_ptr<const core::ApiKey> load() const override {
    auto key = credentials::environment_variable(variable_);
    if (!key)
      core::refuse_setting(variable_, "No API key: the environment variable " + variable_ +
                                          " is not set or empty." + where_keys_are_made);
    const core::WipeAtEnd wipe(*key);
    return std::make_shared<const core::ApiKey>(*key, "the environment variable " + variable_, variable_);
  }

 private:
  std::string variable_;
};

class FileKey : public detail::KeyProvider {
 public:
  // `setting` is what named the file.
  FileKey(std::string path, std::string setting) : path_(std::move(path)), setting_(std::move(setting)) {}
  std::shared_ptr<const core::ApiKey> load() const override {
    std::string text = credentials::read_file(path_, setting_, "The API key file");
    const core::WipeAtEnd wipe(text);
    std::string_view key = text;
    if (!key.empty() && key.back() == '\n') {
      key.remove_suffix(1);
      if (!key.empty() && key.back() == '\r') key.remove_suffix(1);
    }
    auto loaded = std::make_shared<const core::ApiKey>(key, "the file " + path_, setting_);
    credentials::warn_if_others_can_read(path_);
    return loaded;
  }

 private:
  std::string path_;
  std::string setting_;
};

}  // namespace

ApiKeySource::ApiKeySource() = default;
ApiKeySource::ApiKeySource(std::shared_ptr<const detail::KeyProvider> provider)
    : provider_(std::move(provider)) {}
ApiKeySource::ApiKeySource(const char* key) {
  if (!key)
    core::refuse_setting(
        setting, "The API key is a null pointer; std::getenv returns one for a variable that is not set.");
  provider_ = std::make_shared<LiteralKey>(key, setting, setting);
}
ApiKeySource::ApiKeySource(std::string key) : ApiKeySource(std::string_view(key)) { core::wipe(key); }
ApiKeySource::ApiKeySource(std::string_view key)
    : provider_(std::make_shared<LiteralKey>(key, setting, setting)) {}

ApiKeySource ApiKeySource::environment(std::string variable) {
  return ApiKeySource(std::make_shared<EnvironmentKey>(std::move(variable)));
}

ApiKeySource ApiKeySource::file(std::string path) {
  return ApiKeySource(std::make_shared<FileKey>(std::move(path), setting));
}

ApiKeySource detail::KeyProvider::literal(std::string_view key, std::string origin,
                                          std::string setting_name) {
  return ApiKeySource(std::make_shared<LiteralKey>(key, std::move(origin), std::move(setting_name)));
}

bool detail::KeyProvider::environment_has_key() {
  const bool key = credentials::is_set(key_variable);
  const bool file = credentials::is_set(file_variable);
  if (key && file)
    core::refuse_setting(
        key_variable,
        "OPERATE_API_KEY and OPERATE_API_KEY_FILE are both set, and only one can be the key; "
        "unset the other.");
  return key || file;
}

std::shared_ptr<const core::ApiKey> detail::KeyProvider::load(const ApiKeySource& source) {
  if (source.provider_) return source.provider_->load();
  if (!environment_has_key())
    core::refuse_setting(
        setting,
        std::string("No API key. Config::api_key is not set, and neither of the environment "
                    "variables OPERATE_API_KEY and OPERATE_API_KEY_FILE; set one of the three, or let "
                    "Client::from_environment() find one in a settings file's profile.") +
            where_keys_are_made);
  if (const auto path = credentials::environment_variable(file_variable))
    return FileKey(*path, file_variable).load();
  return EnvironmentKey(key_variable).load();
}

}  // namespace v0
}  // namespace operate
