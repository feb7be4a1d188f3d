#pragma once

#include <operate/config.hpp>
#include <operate/header.hpp>
#include <operate/json_text.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace operate {
inline namespace v0 {
namespace testing {

/// What an emulator begins with.
struct EmulatorOptions {
  /// How many companies the organization has; 0 and up. Each has `id`, `name`, `logo`, `domain`, `employees`,
  /// `active`, `tags` and `address`, of which the SDK knows the first two.
  /// Without meaning where `state` is set.
  int companies = 73;
  /// 0: a free one.
  std::uint16_t port = 0;
  /// Serves https, with a certificate that is made at the start.
  bool tls = false;
  /// What it begins with, instead of invented companies: JSON as Emulator::state() gives it, of which each
  /// member may be left out. Every company and person is an object with a string `id`; everything else in it
  /// is served as it stands.
  JsonText state = {};
};

/// A request whose key was good; path and query are decoded.
struct EmulatorRequest {
  /// In capitals.
  std::string method = {};
  /// Decoded.
  std::string path = {};
  /// Decoded, in no certain order.
  std::vector<QueryParameter> query = {};
  /// In no certain order.
  std::vector<Header> headers = {};
  /// As it was sent.
  std::string body = {};

  /// The first header of that name, in any case of letters; empty where there is none.
  std::string header(const std::string& name) const;

  /// The first query parameter of that name, decoded; empty where there is none.
  std::string parameter(const std::string& name) const;
};

/// An answer of your own. Operate's envelope is `{"success": true, "data": {...}}`, for lists with
/// `"data": {"deals": [...], "pagination": {"total": 1, "limit": 50, "offset": 0}}`, and for errors
/// `{"success": false, "error": {"type": "...", "message": "..."}}`.
struct EmulatorAnswer {
  /// 200 to 599.
  int status = 200;
  /// `Content-Type` is `application/json` unless it stands here. `Content-Length`, `Transfer-Encoding` and
  /// `Connection` cannot: the emulator sets them.
  std::vector<Header> headers = {};
  /// As it is sent.
  std::string body = {};
  /// How long the answer is held back; 0 and up, at most a day.
  std::chrono::milliseconds delay{0};
};

/// A server that answers as Operate's documentation says, on a free port of this machine, in the program that
/// made it: for tests of your own service. Begins in its constructor, ends in its destructor; destroy the
/// clients first, as a connection that is still open may hold the destructor up for a second. Not for
/// objects that outlive main.
///
/// It knows `GET /companies/list` and `POST /v/alpha/people/create`, checks every documented rule, and asks
/// for a key. Where the documentation is silent about what a refusal looks like, it answers with an error
/// whose type is `undocumented`, so that no test comes to rely on it.
///
/// Thread safety: any number of threads at once.
class Emulator {
 public:
  /// What answers the requests of a route.
  using Handler = std::function<EmulatorAnswer(const EmulatorRequest&)>;

  /// Throws std::runtime_error where the port is taken or no certificate can be made, std::invalid_argument
  /// for a state that is none.
  explicit Emulator(const EmulatorOptions& options = {});
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  /// `http://127.0.0.1:PORT`, or `https`.
  std::string base_url() const;

  /// A PEM file with its certificate, for Config::ca_file; it goes with the emulator. Empty without TLS.
  std::string ca_file() const;

  /// The three keys that it knows: a good one, one that gets 401, one that gets 403. Any other gets 401.
  std::string api_key() const;
  /// A key that gets 401.
  std::string expired_api_key() const;
  /// A key that gets 403.
  std::string forbidden_api_key() const;

  /// Settings with the base URL, the certificate and the good key, and with retries that hardly wait, so that
  /// tests are quick.
  Config config() const;

  /// All that it holds now, people that were created included: `{"companies": [...], "people": [...]}`, in
  /// the order in which they came.
  JsonText state() const;

  /// Adds an endpoint of your own, or takes the place of a built-in one. `path` is compared whole. The
  /// handler runs on the emulator's threads, several at once. Its exception, or an answer that cannot be
  /// sent, is answered with 500. Throws std::invalid_argument for an empty handler.
  void add_route(std::string method, std::string path, Handler handler);

  /// Answers the next request with this, whatever it asks for and with whichever key. Further calls line up.
  /// Throws std::invalid_argument for an answer that cannot be sent.
  void answer_next(EmulatorAnswer answer);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace v0
}  // namespace operate
