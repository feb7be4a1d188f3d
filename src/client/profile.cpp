#include "client/profile.hpp"

#include "core/base_url.hpp"
#include "core/refuse.hpp"
#include "core/secret.hpp"
#include "credentials/environment.hpp"
#include "credentials/file.hpp"
#include "credentials/key_provider.hpp"
#include "json/document.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace operate::client {

namespace {

constexpr const char* file_variable = "OPERATE_CONFIG_FILE";
constexpr const char* profile_variable = "OPERATE_PROFILE";
constexpr const char* form = R"({"profiles": {"default": {"api_key": "...", "base_url": "..."}}})";

// Where the file is unless somebody says otherwise; empty where the environment knows no home.
std::string usual_path() {
  // The XDG specification has a relative path ignored.
  std::filesystem::path folder = credentials::environment_variable("XDG_CONFIG_HOME").value_or("");
  if (!folder.is_absolute()) {
    const auto home = credentials::environment_variable("HOME");
    if (!home) return "";
    folder = std::filesystem::path(*home) / ".config";
  }
  return (folder / "operate" / "config.json").string();
}

// A home that this user may not enter counts as one without the file: a service may have been started with
// another user's HOME. What else stands in the way is for read_file() to name.
bool is_there(const std::string& path) {
  if (path.empty()) return false;
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  return type != std::filesystem::file_type::not_found && error != std::errc::permission_denied;
}

class ProfileReader {
 public:
  explicit ProfileReader(std::string path) : path_(std::move(path)) {}

  // Empty where the file has no such profile.
  std::optional<Profile> read(const std::string& name) {
    std::string text = credentials::read_file(path_, file_variable, "The settings file");
    const core::WipeAtEnd wipe_text(text);
    std::size_t fault = 0;
    auto document = json::Document::parse_with_lines(text, fault);
    // The parser's own words would quote the text, which may be the key.
    if (!document) refuse(fault, "this is no JSON from here on");
    struct Wipe {
      json::Document& document;
      ~Wipe() { document.wipe_strings(); }
    } const wipe_strings{*document};

    const json::Value profiles = member(document->root(), "profiles");
    if (!profiles) refuse(1, std::string("there are no profiles. The form is ") + form);
    require_object(profiles, "profiles");
    const json::Value profile = member(profiles, name);
    if (!profile) return std::nullopt;
    require_object(profile, "the profile " + name);

    Profile result;
    bool holds_key = false;
    for (const json::Value& value : profile.elements()) {
      const std::string_view setting = value.name();
      if (setting != "api_key" && setting != "api_key_source" && setting != "base_url")
        // Without the member's name, which may be a key that was written into the wrong place.
        refuse(value.line(),
               "here the profile " + name +
                   " has a member that is no setting. The settings are api_key, api_key_source and base_url");
      member(profile, setting);
      const auto string = value.string();
      if (!string) refuse(value.line(), std::string(setting) + " of the profile " + name + " is no string");
      if (setting != "base_url" && result.api_key.is_set())
        refuse(value.line(),
               "the profile " + name + " has both api_key and api_key_source; only one can count");
      holds_key |= setting == "api_key";
      if (setting == "api_key")
        result.api_key =
            detail::KeyProvider::literal(*string, place(value.line()) + ", profile " + name, file_variable);
      else if (setting == "api_key_source")
        result.api_key = detail::KeyProvider::named(*string, place(value.line()), file_variable);
      else
        result.base_url = checked_url(*string, value.line());
    }
    if (holds_key) credentials::warn_if_others_can_read(path_);
    return result;
  }

  [[noreturn]] void refuse(std::size_t line, const std::string& problem) const {
    core::refuse_setting(file_variable, place(line) + ": " + problem + ".");
  }

 private:
  std::string place(std::size_t line) const { return path_ + ", line " + std::to_string(line); }

  // Two members of one name could be two keys, and no reader could tell which one counts.
  json::Value member(const json::Value& object, std::string_view name) const {
    json::Value found;
    for (const json::Value& value : object.elements()) {
      if (value.name() != name) continue;
      if (found) refuse(value.line(), std::string(name) + " stands here a second time");
      found = value;
    }
    return found;
  }

  void require_object(const json::Value& value, const std::string& what) const {
    if (!value.is(json::Kind::object)) refuse(value.line(), what + " is no object. The form is " + form);
  }

  // Checked here to name the place; whether plain http will do is for the client to say.
  std::string checked_url(std::string_view url, std::size_t line) const {
    core::parse_base_url(url, /*allow_plain_http=*/true, file_variable, place(line) + ": base_url");
    return std::string(url);
  }

  std::string path_;
};

}  // namespace

Profile read_profile() {
  const auto named_file = credentials::environment_variable(file_variable);
  const auto named_profile = credentials::environment_variable(profile_variable);
  const std::string path = named_file ? *named_file : usual_path();
  if (!named_file && !is_there(path)) {
    if (!named_profile) return {};
    core::refuse_setting(profile_variable, "OPERATE_PROFILE is " + *named_profile +
                                               ", but there is no settings file" +
                                               (path.empty() ? "; HOME is not set either" : " " + path) +
                                               ". OPERATE_CONFIG_FILE can name another.");
  }
  ProfileReader reader(path);
  const std::string name = named_profile.value_or("default");
  auto profile = reader.read(name);
  if (!profile && named_profile)
    core::refuse_setting(profile_variable,
                         "OPERATE_PROFILE is " + name + ", but " + path + " has no such profile.");
  return profile.value_or(Profile{});
}

}  // namespace operate::client
