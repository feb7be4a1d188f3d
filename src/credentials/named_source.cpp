#include "core/path.hpp"
#include "core/refuse.hpp"
#include "credentials/aws_secrets_manager.hpp"
#include "credentials/command_key.hpp"
#include "credentials/doppler.hpp"
#include "credentials/infisical.hpp"
#include "credentials/key_provider.hpp"
#include "json/document.hpp"

#include <operate/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace {

constexpr std::chrono::seconds command_time_limit{30};

// What stands behind the scheme, where it is that.
std::optional<std::string_view> behind(std::string_view scheme, std::string_view text) {
  if (text.substr(0, scheme.size()) != scheme) return std::nullopt;
  return text.substr(scheme.size());
}

// The path of a file URL: absolute, on this machine.
std::optional<std::string> path_of(std::string_view url) {
  if (const auto path = behind("localhost", url)) url = *path;
  if (url.empty() || url.front() != '/') return std::nullopt;
  return core::decoded(url);
}

// At least one string, the first not empty, and nothing else.
std::optional<std::vector<std::string>> words_of(std::string_view json) {
  const auto document = json::Document::parse(json);
  if (!document || !document->root().is(json::Kind::array)) return std::nullopt;
  std::vector<std::string> words;
  for (const json::Value& value : document->root().elements()) {
    const auto word = value.string();
    if (!word || word->find('\0') != std::string_view::npos) return std::nullopt;
    words.emplace_back(*word);
  }
  if (words.empty() || words.front().empty()) return std::nullopt;
  return words;
}

// `scheme://PATH?NAME=VALUE&NAME=VALUE#FRAGMENT`, decoded.
struct Address {
  std::vector<std::string> path = {};  // Its parts; of an empty path there are none.
  std::map<std::string, std::string> query = {};
  std::optional<std::string> fragment = {};

  // The parameter of that name, which then is no longer in the query.
  std::string take(const std::string& name, std::string otherwise) {
    auto node = query.extract(name);
    return node ? std::move(node.mapped()) : std::move(otherwise);
  }
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// Empty where it is badly encoded, or a parameter has no value or stands there twice.
std::optional<Address> address_of(std::string_view text) {
  Address address;
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    address.fragment = core::decoded(text.substr(hash + 1));
    // A query belongs in front of it.
    if (!address.fragment || address.fragment->empty() || address.fragment->find('?') != std::string::npos)
      return std::nullopt;
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    for (const std::string_view parameter : split(text.substr(mark + 1), '&')) {
      const auto sign = parameter.find('=');
      if (sign == std::string_view::npos) return std::nullopt;
      auto value = core::decoded(parameter.substr(sign + 1));
      if (!value || !address.query.emplace(parameter.substr(0, sign), std::move(*value)).second)
        return std::nullopt;
    }
    text = text.substr(0, mark);
  }
  if (text.empty()) return address;
  for (const std::string_view part : split(text, '/')) {
    auto decoded = core::decoded(part);
    if (!decoded || decoded->empty()) return std::nullopt;
    address.path.push_back(std::move(*decoded));
  }
  return address;
}

// A token does not belong here, where messages show it as the project: in front of an `@`, behind a `:` or a
// blank, or as a part that begins as Doppler's, Infisical's or signed ones do.
bool holds_token(std::string_view text, const Address& address) {
  const auto is_token = [](const std::string& part) {
    return behind("dp.", part) || behind("st.", part) || behind("eyJ", part);
  };
  const auto may_hold_token = [&](const std::string& part) {
    return is_token(part) || part.find_first_of(": ") != std::string::npos;
  };
  return text.substr(0, text.find('?')).find('@') != std::string_view::npos ||
         std::any_of(address.path.begin(), address.path.end(), may_hold_token) ||
         std::any_of(address.query.begin(), address.query.end(),
                     [&](const auto& parameter) { return is_token(parameter.second); });
}

// `SECRET-ID#MEMBER`, whose id may have slashes.
std::optional<AwsSecretsManagerOptions> aws_options(std::string_view text) {
  auto address = address_of(text);
  if (!address || address->path.empty()) return std::nullopt;
  AwsSecretsManagerOptions options;
  for (const std::string& part : address->path)
    options.secret_id += (options.secret_id.empty() ? "" : "/") + part;
  // Only an ARN has a colon; what looks like `KEY-ID:SECRET@...` is not to be shown.
  if (options.secret_id.find(':') != std::string::npos && !behind("arn:", options.secret_id))
    return std::nullopt;
  options.json_key = address->fragment.value_or("");
  options.region = address->take("region", "");
  options.profile = address->take("profile", "");
  options.endpoint_url = address->take("endpoint", "");
  options.version_stage = address->take("stage", std::move(options.version_stage));
  if (!address->query.empty()) return std::nullopt;
  return options;
}

// `PROJECT/CONFIG`, or nothing where a service token says it all.
std::optional<DopplerOptions> doppler_options(std::string_view text) {
  auto address = address_of(text);
  if (!address || holds_token(text, *address) || address->fragment ||
      (!address->path.empty() && address->path.size() != 2))
    return std::nullopt;
  DopplerOptions options;
  if (!address->path.empty()) {
    options.project = address->path[0];
    options.config = address->path[1];
  }
  options.secret = address->take("secret", std::move(options.secret));
  options.site_url = address->take("site", std::move(options.site_url));
  if (!address->query.empty()) return std::nullopt;
  return options;
}

// `PROJECT/ENVIRONMENT`
std::optional<InfisicalOptions> infisical_options(std::string_view text) {
  auto address = address_of(text);
  if (!address || holds_token(text, *address) || address->fragment || address->path.size() != 2)
    return std::nullopt;
  InfisicalOptions options;
  options.project_id = address->path[0];
  options.environment = address->path[1];
  options.secret = address->take("secret", std::move(options.secret));
  options.secret_path = address->take("path", std::move(options.secret_path));
  options.site_url = address->take("site", std::move(options.site_url));
  if (!address->query.empty()) return std::nullopt;
  return options;
}

// Has the messages of ConfigErrors begin with the place of the setting.
template <class F>
auto with_place(const std::string& place, const F& work) {
  try {
    return work();
  } catch (const ConfigError& error) {
    core::refuse_setting(error.setting(), place + ": " + error.what(), error.retryable());
  }
}

// The key of a source that a setting names, which says so wherever there is none.
class NamedKey : public detail::KeyProvider {
 public:
  NamedKey(std::shared_ptr<const detail::KeyProvider> source, std::string place, std::string setting)
      : source_(std::move(source)), place_(std::move(place)), setting_(std::move(setting)) {}
  Kind kind() const noexcept override { return source_->kind(); }
  detail::FetchedKey fetch(const detail::FetchContext& context) const override {
    return with_place(place_, [&] { return source_->fetch(context); });
  }
  std::string name() const override { return source_->name(); }
  ConfigError no_answer_within(std::chrono::milliseconds time) const override {
    return core::setting_error(setting_, place_ + ": " + source_->no_answer_within(time).what(),
                               /*retryable=*/true);
  }
  credentials::FileVersion version() const noexcept override { return source_->version(); }
  void forbid_programs_of_settings() const override {
    with_place(place_, [&] { source_->forbid_programs_of_settings(); });
  }

 private:
  const std::shared_ptr<const detail::KeyProvider> source_;
  const std::string place_, setting_;
};

}  // namespace

std::shared_ptr<const detail::KeyProvider> detail::KeyProvider::read_name(std::string_view text,
                                                                          const std::string& setting) {
  if (const auto url = behind("file://", text)) {
    if (auto path = path_of(*url)) return file(std::move(*path), setting).provider_;
    core::refuse_setting(setting,
                         "a key's file is named by its absolute path, percent-encoded, as in "
                         "file:///run/secrets/operate_api_key.");
  }
  if (const auto json = behind("command:", text)) {
    if (auto words = words_of(*json))
      return std::make_shared<credentials::CommandKey>(std::move(*words), command_time_limit, setting);
    core::refuse_setting(setting,
                         "a command is a JSON array of strings, the program first, as in "
                         R"(command:["op","read","op://vault/operate/key"]. In a shell, it is quoted.)");
  }
  if (const auto url = behind("aws-secrets-manager://", text)) {
    if (const auto options = aws_options(*url))
      return std::make_shared<credentials::AwsSecretsManagerKey>(*options, setting);
    core::refuse_setting(setting,
                         "a key in AWS Secrets Manager is aws-secrets-manager://SECRET-ID, with #MEMBER "
                         "behind it for a JSON object; between them may stand "
                         "?region=REGION&profile=NAME&endpoint=URL&stage=STAGE, percent-encoded.");
  }
  if (const auto url = behind("doppler://", text)) {
    if (const auto options = doppler_options(*url))
      return std::make_shared<credentials::DopplerKey>(*options, setting);
    core::refuse_setting(setting,
                         "a key in Doppler is doppler://PROJECT/CONFIG, or doppler:// alone with a "
                         "service token, which DOPPLER_TOKEN holds; behind it may stand "
                         "?secret=NAME&site=URL, percent-encoded.");
  }
  if (const auto url = behind("infisical://", text)) {
    if (const auto options = infisical_options(*url))
      return std::make_shared<credentials::InfisicalKey>(*options, setting);
    core::refuse_setting(setting,
                         "a key in Infisical is infisical://PROJECT-ID/ENVIRONMENT; behind it may "
                         "stand ?secret=NAME&path=/FOLDER&site=URL, percent-encoded. Tokens and secrets are "
                         "in variables of their own.");
  }
  if (!text.empty() && (text.front() == '"' || text.front() == '\''))
    core::refuse_setting(
        setting,
        "this begins with a quotation mark, which only a shell takes away; the source's name is "
        "what stands behind it.");
  core::refuse_setting(setting,
                       "this names no source of a key. One begins with file:/// (and a path), command:, "
                       "aws-secrets-manager://, doppler:// or infisical://. A key itself belongs in "
                       "OPERATE_API_KEY, or api_key of a profile.");
}

ApiKeySource detail::KeyProvider::named(std::string_view text, const std::string& place,
                                        const std::string& setting) {
  return ApiKeySource(with_place(
      place, [&] { return std::make_shared<NamedKey>(read_name(text, setting), place, setting); }));
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
