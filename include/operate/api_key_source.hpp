#pragma once

#include <operate/export.hpp>
#include <operate/secrets_manager.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {
class KeyProvider;
}

/// Where a client's API key comes from. Where none is named, a client reads the environment:
/// `OPERATE_API_KEY` is the key, `OPERATE_API_KEY_FILE` a file with it, and `OPERATE_API_KEY_SOURCE` names a
/// source: `file:///run/secrets/key`, `command:["op","read","op://vault/operate/key"]`,
/// `aws-secrets-manager://prod/operate#api_key`, `doppler://crm/prd` or `infisical://PROJECT-ID/prod`. Two of
/// them at once are a ConfigError.
///
/// A key is visible ASCII without blanks, at most 4096 characters, does not begin with `{`, `$`, `OPERATE_`
/// or a quotation mark, and says of no other place where a key is: it has no `://` in it and does not begin
/// with `command:` or `file:`. Anything else is a ConfigError: when the Client is made for a key that is at
/// hand (a text, a variable, a file); for one that has to be waited for, from the first call that needs it,
/// and from each one after, as the source is then asked anew.
///
/// A key is asked for once and kept, for all threads and copies of a client. Where the server refuses it
/// (401), the source is asked again, by one call while the others wait, and a call that was refused goes out
/// again with the new key, a create as well: that the server has done nothing for a key that it refused is
/// inferred, not documented. Where the source has no other, the InvalidApiKeyError stands; the next call
/// that is refused a second later asks again, then 2 seconds later, and so on up to 30. So a key is rotated
/// without a restart: make the new one, put it in its place, and then take the old one away. A text and a
/// variable never change.
///
/// The library wipes every copy of the key that it makes before it frees the memory. It cannot wipe what is
/// not its own: the environment, your own strings, the copies that libcurl and the TLS library make while
/// they send, what the JSON parser keeps of a settings file or a manager's answer, and what the kernel writes
/// to swap or a core dump.
///
/// Thread safety: immutable; copies share their state.
class OPERATE_EXPORT ApiKeySource {
 public:
  /// Not set: the client looks at the environment.
  ApiKeySource();

  // No move operations, so that one that was moved from does not turn to the environment.
  /// Copies share their state.
  ApiKeySource(const ApiKeySource&) = default;
  /// Copies share their state.
  ApiKeySource& operator=(const ApiKeySource&) = default;
  ~ApiKeySource() = default;

  /// The key itself. Throws ConfigError for a null pointer, which is what std::getenv returns for a variable
  /// that is not set. An empty string counts as set, and is refused by the client.
  ApiKeySource(const char* key);  // NOLINT(google-explicit-constructor): a string is meant to do.
  /// The key itself; this copy of it is wiped.
  ApiKeySource(std::string key);  // NOLINT(google-explicit-constructor): the same.
  /// The key itself.
  ApiKeySource(std::string_view key);  // NOLINT(google-explicit-constructor): the same.

  /// The key in an environment variable, which is read when the Client is made. There, a variable that is not
  /// set or empty is a ConfigError.
  static ApiKeySource environment(std::string variable = "OPERATE_API_KEY");

  /// The key in a file, as Docker, Kubernetes and systemd hand over secrets, which is read when the Client is
  /// made. One newline at its end (also `\r\n`) is not part of the key. There, a file that is missing,
  /// unreadable, a folder, a pipe, or holds anything else than a key is a ConfigError. A file that every user
  /// of the machine may read works, but is reported on standard error, once for each path.
  ///
  /// Each call looks whether the file has changed, and reads it again where it has; a symbolic link that
  /// leads elsewhere counts, so that Kubernetes' way of replacing secrets works. While it is missing or holds
  /// no key, the last one is used. Write a new file and rename it: half a key is a key as far as anybody can
  /// tell, and the server refuses it.
  static ApiKeySource file(std::string path);

  /// The key that a program writes to its standard output, where one newline at its end is not part of it:
  /// `{"op", "read", "op://vault/operate/key"}`. It is looked for in PATH and run without a shell, with
  /// nothing to read, no open file of this process (before glibc 2.34, none that was opened with O_CLOEXEC),
  /// and the environment without `OPERATE_API_KEY`, `OPERATE_API_KEY_FILE` and `OPERATE_API_KEY_SOURCE`, and
  /// with `OPERATE_API_KEY_COMMAND_RUNS`, with which this source is refused, so that no program runs itself.
  /// It is killed, with what is left of its process group, after the time limit, once it has written more
  /// than 64 KiB, and where the call that waits for it is cancelled or has reached its deadline. Not being
  /// there, any exit code but 0, and no output are a ConfigError, which quotes the beginning of what the
  /// program wrote to standard error, but not its arguments. (Where this process ignores SIGCHLD, or takes
  /// the news of all its children itself, the exit code is not known, and what the program wrote counts.)
  ///
  /// Throws ConfigError for a command without a program, a NUL in it, and a limit that is not more than zero.
  static ApiKeySource command(std::vector<std::string> command,
                              std::chrono::milliseconds time_limit = std::chrono::seconds(30));

  /// The key that your own code returns, exactly: no newline at its end. It is called by whatever thread
  /// makes the call that needs a key, for async calls by a thread of its own, by one at a time for each
  /// client, and is not interrupted: the last copy of a client waits for it to return. What it throws is a
  /// ConfigError that quotes what(), so keep secrets out of that. It must not make calls by the same client,
  /// nor give up the last copy of it. On a thread of its own, all signals are blocked. Throws ConfigError
  /// where it is empty.
  static ApiKeySource callback(std::function<std::string()> callback);

  /// A key in AWS Secrets Manager; also infisical() and doppler(). It is read by HTTP over libcurl, with the
  /// client's limits on connections, its proxies and its certificates, and kept for a time to live. Ahead of
  /// its end one call reads it anew, within half its deadline and 5 seconds (for an async call a thread does
  /// so, within 5 seconds, and the call goes on), while the others use the one they have; where the manager
  /// fails then, that one is used until the server refuses it, and the manager asked again every 30 seconds.
  /// What may pass (no connection; 429, 500, 502, 503, 504; AWS's throttling) is tried three times, AWS's
  /// services on this link twice, and makes the ConfigError retryable(). The options and the
  /// environment are looked at when the source is made, the proxies each time; a ConfigError of a call quotes
  /// what the manager says, without secrets. Config::transport has no part in it.
  ///
  /// Throws ConfigError for options that cannot be.
  static ApiKeySource aws_secrets_manager(const AwsSecretsManagerOptions& options);
  /// As aws_secrets_manager().
  static ApiKeySource doppler(const DopplerOptions& options = {});
  /// As aws_secrets_manager().
  static ApiKeySource infisical(const InfisicalOptions& options);

  /// Whether a source was named.
  bool is_set() const noexcept { return provider_ != nullptr; }

 private:
  friend class detail::KeyProvider;
  explicit ApiKeySource(std::shared_ptr<const detail::KeyProvider> provider);
  std::shared_ptr<const detail::KeyProvider> provider_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
