#include <operate/api_key_source.hpp>

#include "core/refuse.hpp"
#include "credentials/environment.hpp"
#include "credentials/key_provider.hpp"

#include <utility>

namespace operate {
inline namespace v0 {

namespace {

constexpr const char* setting = "Config::api_key";
constexpr const char* where_keys_are_made = " Keys are made in app.operate.so, Settings > API Keys.";

class LiteralKey : public detail::KeyProvider {
 public:
  explicit LiteralKey(std::string key) : key_(std::move(key)) {}
  std::shared_ptr<const core::ApiKey> load() const override {
    return std::make_shared<const core::ApiKey>(key_, "Config::api_key");
  }

 private:
  std::string key_;
};

class EnvironmentKey : public detail::KeyProvider {
 public:
  explicit EnvironmentKey(std::string variable) : variable_(std::move(variable)) {}
  std::shared_ptr<const core::ApiKey> load() const override {
    const auto key = credentials::environment_variable(variable_);
    if (!key)
      core::refuse_setting(setting, "No API key: the environment variable " + variable_ +
                                        " is not set or empty." + where_keys_are_made);
    return std::make_shared<const core::ApiKey>(*key, "the environment variable " + variable_);
  }

 private:
  std::string variable_;
};

}  // namespace

ApiKeySource::ApiKeySource() = default;
ApiKeySource::ApiKeySource(std::shared_ptr<const detail::KeyProvider> provider)
    : provider_(std::move(provider)) {}
ApiKeySource::ApiKeySource(const char* key) {
  if (!key)
    core::refuse_setting(
        setting, "The API key is a null pointer; std::getenv returns one for a variable that is not set.");
  provider_ = std::make_shared<LiteralKey>(key);
}
ApiKeySource::ApiKeySource(std::string key) : provider_(std::make_shared<LiteralKey>(std::move(key))) {}
ApiKeySource::ApiKeySource(std::string_view key) : ApiKeySource(std::string(key)) {}

ApiKeySource ApiKeySource::environment(std::string variable) {
  return ApiKeySource(std::make_shared<EnvironmentKey>(std::move(variable)));
}

std::shared_ptr<const core::ApiKey> detail::KeyProvider::load(const ApiKeySource& source) {
  if (source.provider_) return source.provider_->load();
  if (!credentials::environment_variable("OPERATE_API_KEY"))
    core::refuse_setting(setting,
                         std::string("No API key. Config::api_key is not set, and the environment variable "
                                     "OPERATE_API_KEY is not set or empty; set one of the two.") +
                             where_keys_are_made);
  return EnvironmentKey("OPERATE_API_KEY").load();
}

}  // namespace v0
}  // namespace operate
