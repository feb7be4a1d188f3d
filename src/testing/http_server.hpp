#pragma once

#include <operate/version.hpp>

#include "testing/message.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// The HTTP library, on a socket in a folder that only this user can open. It reads the bodies of requests
/// and writes the answers; the heads of requests, of which it would act upon many a header, it does not see.
class HttpServer {
 public:
  using Serve = std::function<Reply(const ReceivedRequest&)>;

  /// What came of a request.
  struct Outcome {
    /// False where the library refused it by itself, or had no time to answer.
    bool served = false;
    std::optional<Fault> fault = {};
  };

  /// `serve` runs on several threads at once. Throws std::runtime_error where the file system refuses.
  explicit HttpServer(Serve serve);
  /// The connections to it must have been closed.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Of its socket.
  const std::string& path() const;

  /// Takes a request without its body and returns the target under which the body is to be sent. What comes
  /// to any other target is refused.
  std::string expect(ReceivedRequest request);
  /// Forgets what was expected there and tells what came of it.
  Outcome finish(const std::string& target);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
