#include "core/path.hpp"
#include "core/refuse.hpp"
#include "credentials/command_key.hpp"
#include "credentials/key_provider.hpp"
#include "json/document.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace operate {
inline namespace v0 {

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

}  // namespace

ApiKeySource detail::KeyProvider::named(std::string_view text, const std::string& place,
                                        const std::string& setting) {
  if (const auto url = behind("file://", text)) {
    if (auto path = path_of(*url)) return file(std::move(*path), setting);
    core::refuse_setting(setting, place +
                                      ": a key's file is named by its absolute path, percent-encoded, as in "
                                      "file:///run/secrets/operate_api_key.");
  }
  if (const auto json = behind("command:", text)) {
    if (auto words = words_of(*json))
      return ApiKeySource(
          std::make_shared<credentials::CommandKey>(std::move(*words), command_time_limit, setting));
    core::refuse_setting(setting, place +
                                      ": a command is a JSON array of strings, the program first, as in "
                                      R"(command:["op","read","op://vault/operate/key"].)");
  }
  core::refuse_setting(setting, place +
                                    R"(: this names no source of a key; one is file:///run/secrets/key or )"
                                    R"(command:["op","read","op://vault/operate/key"]. )"
                                    "A key itself belongs in OPERATE_API_KEY.");
}

}  // namespace v0
}  // namespace operate
