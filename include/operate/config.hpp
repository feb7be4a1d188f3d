#pragma once

#include <operate/api_key_source.hpp>
#include <operate/clock.hpp>
#include <operate/executor.hpp>
#include <operate/export.hpp>
#include <operate/observer.hpp>
#include <operate/retry_policy.hpp>
#include <operate/transport.hpp>
#include <operate/version.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// A client's settings. A Client checks them when it is made and throws ConfigError for what cannot be; it
/// uses them exactly as they stand. Only from_environment() reads settings from outside; the exceptions are
/// the key, which is read from `OPERATE_API_KEY`, `OPERATE_API_KEY_FILE` or `OPERATE_API_KEY_SOURCE`
/// where `api_key` was never set, and
/// the proxy (`trust_environment`).
///
/// All limits of time must be more than zero; limits beyond 24 days count as 24 days.
struct OPERATE_EXPORT Config {
  /// Where the key comes from; unless set, the environment.
  ApiKeySource api_key = {};

  /// Whether a setting outside the program, `OPERATE_API_KEY_SOURCE` or the settings file, may have a program
  /// run for the key (`command:`). ApiKeySource::command() may in any case.
  bool allow_key_command = true;

  /// `https`, or `http` to this machine (localhost, 127.0.0.0/8, [::1]). May have a path, which goes in front
  /// of every call's; must not have a user, a query or a fragment.
  std::string base_url = "https://api.operate.so";

  /// Looking up the name, connecting and the TLS handshake, together.
  std::chrono::milliseconds connect_timeout{10'000};

  /// How long a connection may bring nothing new in the middle of sending or of an answer: no byte of a body
  /// and no whole header. How long a server may think before it begins to answer is bounded by `timeout`
  /// alone.
  std::chrono::milliseconds stall_timeout{20'000};

  /// One attempt, connecting included.
  std::chrono::milliseconds timeout{30'000};

  /// The whole call: all attempts and the waits between them, and waiting for a free connection and for the
  /// key.
  std::chrono::milliseconds deadline{120'000};

  /// How often, and after which waits, a call is repeated.
  RetryPolicy retry = {};

  /// The largest body that is accepted, counted after unpacking; at least 1. JSON beyond 1 GiB is refused
  /// all the same. Headers have a fixed limit of 256 KiB.
  std::size_t max_response_bytes = 64u << 20;

  /// How many connections there may be for calls that wait, each with a connection of its own, and as many
  /// again for async calls, which share them over HTTP/2; 1 to 10,000. Further calls wait.
  std::size_t max_connections = 16;

  /// How many async calls may be under way, those that wait for a connection or a retry included; at least
  /// 1. What happens to further ones, RequestOptions::when_full says; those that callbacks on the client's
  /// own thread make are let in. A call counts until it has ended, and not until its result was delivered.
  std::size_t max_async_calls = 10'000;

  /// Allows `http` to other machines, where everybody on the way can read the key.
  bool allow_plain_http = false;

  /// The proxy for all calls, but those to this machine: `http://host:port` or `https://host:port`, also with
  /// `user:password@` in front of the host, percent-encoded; without a scheme http, without a port 80 or 443.
  /// Also SOCKS (`socks4`, `socks4a`, `socks5`, `socks5h`; port 1080). For a base URL with https, the proxy
  /// opens a tunnel (CONNECT) and sees neither the key nor anything else of a call; for one with http, it
  /// sees all, and a refusal of its own, but 407, looks like the server's. `no_proxy` has no say in it.
  std::string proxy = {};

  /// Where `proxy` is empty, whether the environment's is used: `https_proxy` or `HTTPS_PROXY` (for a base
  /// URL with http: `http_proxy`), else `all_proxy` or `ALL_PROXY`, unless `no_proxy` or `NO_PROXY` names the
  /// host: a list such as `.example.com, 10.0.0.0/8, db.example.org:8443, [fd00::1]`, or `*`; a name stands
  /// for all below it, too. There are no networks of IPv6. Read when a client is made,
  /// and when a secrets manager is asked for the key.
  bool trust_environment = true;

  /// Put behind the SDK's own `User-Agent`, to name your service. Visible ASCII and blanks.
  std::string user_agent_suffix = {};

  /// A PEM file with the certificates to trust, instead of the system's, also for a proxy with https.
  std::string ca_file = {};

  /// Hears what happens to the client's calls: log_lines(), log_json() or one of your own; observe_all()
  /// takes several, among them the one that from_environment() has set here. Empty: nobody does, at no cost.
  std::shared_ptr<Observer> observer = {};

  /// What makes the attempts instead of libcurl, in tests above all. With one, `connect_timeout`,
  /// `stall_timeout`, `max_response_bytes`, `proxy`, `trust_environment` and `ca_file` count for secrets
  /// managers alone, and `max_connections` is how many attempts of async calls are made at a time, each on a
  /// thread of the client's.
  std::shared_ptr<Transport> transport = {};

  /// Empty: the real one.
  std::shared_ptr<Clock> clock = {};

  /// Where results of async calls are delivered; empty: on the client's own thread.
  std::shared_ptr<Executor> executor = {};

  /// The defaults, with the settings file's profile on top, and on top of that what the environment says:
  /// `OPERATE_API_KEY`, `OPERATE_API_KEY_FILE` or `OPERATE_API_KEY_SOURCE`, `OPERATE_BASE_URL`,
  /// `OPERATE_CA_FILE`, and `OPERATE_TIMEOUT`, which is `timeout` in seconds, `2.5` for example;
  /// `OPERATE_LOG`, `info` or `debug`, makes `observer` log_lines() on standard error. A variable that is
  /// empty counts as not set; others whose names begin with `OPERATE_` are left alone.
  ///
  /// The settings file is `$XDG_CONFIG_HOME/operate/config.json`, else `~/.config/operate/config.json`;
  /// `OPERATE_CONFIG_FILE` names another. It is JSON with any number of profiles, of which `OPERATE_PROFILE`
  /// names the one to use; neither the file nor a `default` has to exist:
  ///
  ///     {"profiles": {"default": {"api_key": "...", "base_url": "..."}}}
  ///
  /// Instead of `api_key`, `api_key_source` names a source as `OPERATE_API_KEY_SOURCE` does.
  ///
  /// Throws ConfigError for a file or profile that was named and is not there; with file, line and reason for
  /// a settings file that cannot be used or has more than 64 KiB; for two variables of a key at once, a
  /// source of a key that is none or whose parts cannot be, a timeout that is no number of at least 0.001,
  /// another log level, and a base URL that is none. Do not call while another thread changes the
  /// environment.
  static Config from_environment();
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
