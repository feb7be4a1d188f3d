#include "credentials/aws_profile.hpp"

#include <algorithm>
#include <cstddef>

namespace operate::credentials {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The name of a section's profile; empty where it is something else, `[sso-session x]` for example.
std::string_view profile_of(std::string_view section, bool is_config) {
  section = trimmed(section);
  if (!is_config || section == "default") return section;
  constexpr std::string_view word = "profile";
  if (section.substr(0, word.size()) != word) return {};
  const std::string_view name = section.substr(word.size());
  return name.empty() || (name.front() != ' ' && name.front() != '\t') ? std::string_view() : trimmed(name);
}

void take(std::string_view name, std::string_view value, AwsProfile& profile) {
  const auto secret = [&](std::shared_ptr<const core::Secret>& to) {
    if (!to && !value.empty()) to = std::make_shared<const core::Secret>(value);
  };
  if (name == "aws_access_key_id") secret(profile.keys.key_id);
  if (name == "aws_secret_access_key") secret(profile.keys.secret_key);
  if (name == "aws_session_token") secret(profile.keys.session_token);
  if (name == "region" && profile.region.empty()) profile.region = value;
  for (const std::string_view other :
       {"sso_session", "sso_start_url", "role_arn", "credential_process", "web_identity_token_file"})
    if (name == other && profile.other_way.empty()) profile.other_way = name;
}

}  // namespace

void read_aws_profile(std::string_view text, const std::string& name, bool is_config, AwsProfile& profile) {
  // The session token belongs to the keys that it stands with.
  AwsProfile read;
  bool is_here = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view line = trimmed(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const auto close = line.find(']');
      is_here = close != std::string_view::npos && profile_of(line.substr(1, close - 1), is_config) == name;
      continue;
    }
    const auto sign = line.find('=');
    // What is indented belongs to the member above.
    if (!is_here || sign == std::string_view::npos || whole.front() == ' ' || whole.front() == '\t') continue;
    take(trimmed(line.substr(0, sign)), trimmed(line.substr(sign + 1)), read);
  }
  if (!profile.keys.are_complete() && read.keys.are_complete()) profile.keys = read.keys;
  if (profile.region.empty()) profile.region = read.region;
  if (profile.other_way.empty()) profile.other_way = read.other_way;
}

}  // namespace operate::credentials
