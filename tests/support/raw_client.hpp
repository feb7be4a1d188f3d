#pragma once

#include <operate/testing/emulator.hpp>

#include <string>
#include <utility>

namespace operate::test {

/// A client of an emulator without TLS whose every byte a test decides.
class RawClient {
 public:
  RawClient() = default;
  explicit RawClient(const operate::testing::Emulator& emulator) { connect(emulator); }
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void connect(const operate::testing::Emulator& emulator);
  void send(const std::string& bytes);
  /// What has come; empty at the end.
  std::string receive();
  /// What comes until it holds that many blank lines.
  std::string heads_of(const std::string& request, int count);
  /// What comes until the server closes, and the error then: 0 or ECONNRESET.
  std::pair<std::string, int> all_of(const std::string& request);

 private:
  int socket_ = -1;
};

}  // namespace operate::test
