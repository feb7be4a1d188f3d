#pragma once

#include <operate/version.hpp>

#include <chrono>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// A key in AWS Secrets Manager (ApiKeySource::aws_secrets_manager). Signs in as AWS's own tools do, with the
/// first of these that there is:
/// - `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, and `AWS_SESSION_TOKEN` where they are temporary;
/// - the keys of a profile (`profile`, else `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`, else `default`) in
///   `~/.aws/credentials` or `~/.aws/config`; `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE` name other
///   files;
/// - the container's role: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `_FULL_URI`, with
///   `AWS_CONTAINER_AUTHORIZATION_TOKEN` or the file in `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`;
/// - the instance's role: its metadata service, version 2 (`AWS_EC2_METADATA_SERVICE_ENDPOINT` names another
///   address, `AWS_EC2_METADATA_DISABLED=true` turns it off).
///
/// The environment is read when the source is made, the files and the roles each time the secret is read, so
/// that a role's keys are never out of date. A profile that is named has to have keys; the roles are for the
/// default one. Other ways to sign in (SSO, roles to be assumed, programs, `AWS_WEB_IDENTITY_TOKEN_FILE`) are
/// for AWS's own tools: see ApiKeySource::command(). Needs libcurl 7.88 or newer.
struct AwsSecretsManagerOptions {
  /// The secret's name or ARN.
  std::string secret_id = {};
  /// The member that is the key, where the secret is a JSON object; empty: the secret is the key itself.
  std::string json_key = {};
  /// Empty: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's in either file, the ARN's.
  std::string region = {};
  /// Of the files in `~/.aws`. Where it is set, the keys of the environment are not looked at.
  std::string profile = {};
  /// Another address of the service: `https`, or `http` to this machine. Empty:
  /// `AWS_ENDPOINT_URL_SECRETS_MANAGER`, `AWS_ENDPOINT_URL`, AWS's own of the region.
  std::string endpoint_url = {};
  /// Which version of the secret.
  std::string version_stage = "AWSCURRENT";
  /// As DopplerOptions::time_to_live.
  std::chrono::milliseconds time_to_live = std::chrono::minutes(5);
};

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
  /// A token that is ready, instead of an identity; empty, with no identity given or in the environment:
  /// `INFISICAL_TOKEN`.
  std::string token = {};
  /// Of a site of your own; `https`, or `http` to this machine. May have a path.
  std::string site_url = "https://app.infisical.com";
  /// As DopplerOptions::time_to_live.
  std::chrono::milliseconds time_to_live = std::chrono::minutes(5);
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
