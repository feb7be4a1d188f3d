#pragma once

#include <operate/testing/scripted_transport.hpp>
#include <operate/transport.hpp>
#include <operate/version.hpp>

#include <memory>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// For Config::transport: passes requests on to another transport, and keeps them with their answers in a
/// file, a cassette, from which a ReplayTransport answers later without a network.
///
///     const auto recording = std::make_shared<operate::testing::RecordingTransport>(
///         operate::libcurl_transport(config), "companies.json");
///     config.transport = recording;
///     operate::Client(config).companies().list();
///     recording->save();
///
/// Without save() the file is there once the last owner is gone: besides `recording` that is `config` and
/// each client that was made of it.
///
/// A cassette is JSON to be read, kept beside the tests and mended by hand; bytes that are no UTF-8 stand
/// there in base64 (`body_base64` and the like). The key is in none, whatever the server sends: `[api key]`
/// stands in its place, also where an innocent word is the same as the key, so record with no key that is
/// one. Of the headers, only those are kept whose values EventMessage may show. Queries and bodies are kept
/// whole, and may hold personal data. Thread safety: any number of threads at once.
class RecordingTransport : public Transport {
 public:
  /// Writes nothing yet: a file that is there stays until save() replaces it. Throws std::invalid_argument
  /// for an empty transport, and std::system_error, with the path and the reason, where the file could not be
  /// written: its folder is missing or closed to this user, or the path is a folder's.
  RecordingTransport(std::shared_ptr<Transport> inner, std::string path);
  /// Saves what was recorded since it was last saved, if anything; where that fails, says so on standard
  /// error.
  ~RecordingTransport() override;

  /// Passes on, and keeps what came of it.
  TransportResult send(const TransportRequest& request, const TransportLimits& limits) override;

  /// Writes all that was recorded so far. Throws std::runtime_error, with the path and the reason; the file
  /// that was there before is then still whole.
  void save() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// For Config::transport: answers from a cassette. A request gets the first recorded answer, not yet given,
/// of a request with the same method, path, query and body, as it was sent or once its key was taken out. The
/// order of query parameters does not count, and in JSON neither do blanks, the order of members with
/// different names and the spelling of numbers (1, 1.0); nor do headers and the host. Of a path, `%2F` is
/// another than `/`. Thread safety: any number of threads at once.
class ReplayTransport : public Transport {
 public:
  /// Reads the cassette. Throws std::runtime_error, with the path, the reason and, where something in it is
  /// missing or cannot be, the place (`exchanges[0].answer.status`), for a file that cannot be read or is no
  /// cassette.
  explicit ReplayTransport(const std::string& path);
  ~ReplayTransport() override;

  /// Answers; throws UnexpectedRequest, which shows the nearest request that the cassette has.
  TransportResult send(const TransportRequest& request, const TransportLimits& limits) override;

  /// What is wrong so far: each request that the cassette has no answer for, and the answers that nobody has
  /// asked for. Empty where nothing is.
  std::string problems() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
