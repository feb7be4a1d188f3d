#pragma once

#include <operate/testing/scripted_transport.hpp>
#include <operate/transport.hpp>

#include <memory>
#include <string>

namespace operate {
inline namespace v0 {
namespace testing {

/// For Config::transport: passes requests on to another transport, and keeps them with their answers in a
/// file, a cassette, from which a ReplayTransport answers later without a network.
///
///     config.transport = std::make_shared<operate::testing::RecordingTransport>(
///         operate::libcurl_transport(config), "companies.json");
///
/// A cassette is JSON to be read, kept beside the tests and mended by hand. The key is in none, whatever the
/// server sends; of the headers, only those are kept whose values EventMessage may show. Queries and bodies
/// are kept whole, and may hold personal data. Thread safety: any number of threads at once.
class RecordingTransport : public Transport {
 public:
  /// Writes nothing yet. The file is replaced when it is saved.
  RecordingTransport(std::shared_ptr<Transport> inner, std::string path);
  /// Saves; where that fails, says so on standard error.
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
/// of a request with the same method, path, query and body; the order of query parameters and, in JSON, of
/// members does not count, and neither do headers and the host. Thread safety: any number of threads at once.
class ReplayTransport : public Transport {
 public:
  /// Reads the cassette. Throws std::runtime_error, with the path and the reason, for a file that cannot be
  /// read or is no cassette.
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
}  // namespace v0
}  // namespace operate
