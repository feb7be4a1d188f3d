#pragma once

#include "core/secret.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace operate::credentials {

/// What signs a request to AWS; each null where it is not known.
struct AwsKeys {
  std::shared_ptr<const core::Secret> key_id = {}, secret_key = {};
  std::shared_ptr<const core::Secret> session_token = {};  ///< Of temporary keys.

  bool are_complete() const { return key_id && secret_key; }
};

/// What a profile of the files in `~/.aws` says of signing in, and where.
struct AwsProfile {
  AwsKeys keys = {};
  std::string region = {};
  /// A member that says how to sign in otherwise, which is not done here: `sso_session`, `role_arn`; empty
  /// where there is none.
  std::string other_way = {};
};

/// Adds what a section of the file says to what is known; the first to say something wins. A file of
/// credentials names a profile `[name]`, one of settings (`is_config`) `[profile name]`, but `[default]`.
void read_aws_profile(std::string_view text, const std::string& name, bool is_config, AwsProfile& profile);

}  // namespace operate::credentials
