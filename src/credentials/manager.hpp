#pragma once

#include "core/base_url.hpp"
#include "core/secret.hpp"
#include "credentials/key_provider.hpp"
#include "json/document.hpp"

#include <operate/header.hpp>
#include <operate/request.hpp>
#include <operate/transport.hpp>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace operate::credentials {

/// What is said of a secrets manager where it gives no key: `No API key from Doppler (project crm): ...`.
struct ManagerName {
  std::string name = {};     ///< `Doppler`
  std::string secret = {};   ///< Which secret, in words: `project crm, config prd, secret OPERATE_API_KEY`.
  std::string setting = {};  ///< What named the source.

  std::string origin() const;
  /// Throws ConfigError.
  [[noreturn]] void refuse(const std::string& problem, bool retryable = false) const;
};

/// How a manager is reached.
struct Way {
  std::shared_ptr<const http::AwsSigning> signing = {};
  /// Credentials' own address, on this machine or its link, which no proxy leads to, and which answers at
  /// once or is not there.
  bool is_near = false;
  /// Whether an answer says that the manager is busy, where one does so otherwise than by its status.
  bool (*is_busy)(const TransportResponse& answer) = nullptr;
};

/// One question to a secrets manager, on behalf of a call that waits for its key. Over libcurl, with the
/// client's limits, proxies and certificates; redirects are not followed, and what may pass by itself is
/// tried again.
class ManagerQuestion {
 public:
  /// All have to live as long.
  ManagerQuestion(const ManagerName& manager, const core::BaseUrl& site, const detail::FetchContext& context,
                  Way way = {});

  /// What is not to be shown, should the manager send it back: in refuse() from here on. Throws ConfigError
  /// for more than 8 KiB, before it is used for anything.
  void hide(std::string_view secret);

  /// The answer, whatever its status; empty where the limits ran out. Throws ConfigError where none came.
  /// The headers' values are wiped.
  std::optional<TransportResponse> ask(const Request& request, std::vector<Header> headers);
  /// The same, with the failure where none came.
  std::optional<TransportResult> try_to_ask(const Request& request, std::vector<Header> headers);
  /// Whether the same question may be answered later.
  bool is_retryable(const TransportResponse& answer) const;
  static bool is_retryable(const TransportFailure& failure);
  /// An answer's status in words, to begin what is said of it; what to say of a failure.
  std::string status_of(const TransportResponse& answer) const;
  std::string no_answer(const TransportFailure& failure) const;

  /// What a status means at this manager, and how to mend it.
  struct Meaning {
    int status;
    const char* problem;
    const char* advice;
  };
  /// Throws ConfigError, with what the manager says (`said`) and how to mend it.
  [[noreturn]] void refuse(const std::string& problem, std::string_view said = {},
                           const std::string& advice = {}, bool retryable = false) const;
  /// The same for an answer with a status other than 200.
  [[noreturn]] void refuse_answer(const TransportResponse& answer, std::string_view said,
                                  std::initializer_list<Meaning> meanings = {}) const;

 private:
  int attempts() const noexcept { return way_.is_near ? 2 : 3; }

  const ManagerName& manager_;
  const core::BaseUrl& site_;
  const detail::FetchContext& context_;
  const Way way_;
  std::vector<std::string_view> hidden_;
};

/// The JSON text of a manager's answer, wiped at the end with all that was read of it; its root is empty for
/// what is no JSON.
class ManagerAnswer {
 public:
  explicit ManagerAnswer(std::string& body);
  ~ManagerAnswer();
  ManagerAnswer(const ManagerAnswer&) = delete;
  ManagerAnswer& operator=(const ManagerAnswer&) = delete;

  json::Value root() const { return document_ ? document_->root() : json::Value(); }

 private:
  std::string& body_;
  std::optional<json::Document> document_;
};

/// The secret that a manager has given, as a key. Throws ConfigError where it is none.
detail::FetchedKey key_of(const ManagerName& manager, std::string_view secret,
                          std::chrono::milliseconds time_to_live);

/// What the options give, or else the environment; empty where neither does.
core::Secret given_or_of_environment(std::string_view given, const char* variable);

/// A text without control characters, as JSON.
std::string json_string(std::string_view text);

/// For ManagerQuestion::ask: `NAME: BEGIN SECRET`.
std::vector<Header> secret_header(std::string name, std::string_view begin, std::string_view secret);

// What options have to hold to; each throws ConfigError.

/// `https`, or `http` to this machine.
core::BaseUrl site_of(std::string_view url, const ManagerName& manager);
void require_given(std::string_view option, const char* name, const ManagerName& manager);
/// Visible ASCII, as a header's value has to be.
void require_sendable(std::string_view secret, const char* name, const ManagerName& manager);
std::chrono::milliseconds checked_time_to_live(std::chrono::milliseconds time, const ManagerName& manager);

}  // namespace operate::credentials
