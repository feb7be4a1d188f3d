#pragma once

#include <chrono>
#include <string>

namespace operate {
inline namespace v0 {

/// A key in Doppler (ApiKeySource::doppler).
struct DopplerOptions {
  /// Project and config; neither is needed with a service token, which belongs to one of each.
  std::string project = {};
  /// `prd`, for example.
  std::string config = {};
  /// The secret's name.
  std::string secret = "OPERATE_API_KEY";
  /// `dp.st.prd....`; empty: the environment's `DOPPLER_TOKEN`.
  std::string token = {};
  /// `https`, or `http` to this machine.
  std::string site_url = "https://api.doppler.com";
  /// After which time the key is read anew; 1 second and more. It is read ahead of that by one call, while
  /// the others go on with the one they have.
  std::chrono::milliseconds time_to_live = std::chrono::minutes(5);
};

/// A key in Infisical (ApiKeySource::infisical). Signs in by universal auth, or uses a token that is ready.
struct InfisicalOptions {
  /// The project's id, from its settings.
  std::string project_id = {};
  /// The environment's slug: `prod`, for example.
  std::string environment = {};
  /// The folder of the secret.
  std::string secret_path = "/";
  /// The secret's name.
  std::string secret = "OPERATE_API_KEY";
  /// A machine identity's; empty, as its secret: the environment's `INFISICAL_CLIENT_ID`.
  std::string client_id = {};
  /// Empty: the environment's `INFISICAL_CLIENT_SECRET`.
  std::string client_secret = {};
  /// Instead of the two; empty, as they are: the environment's `INFISICAL_TOKEN`.
  std::string token = {};
  /// Of a site of your own; `https`, or `http` to this machine. May have a path.
  std::string site_url = "https://app.infisical.com";
  /// As DopplerOptions::time_to_live.
  std::chrono::milliseconds time_to_live = std::chrono::minutes(5);
};

}  // namespace v0
}  // namespace operate
