#pragma once

#include "testing/message.hpp"

#include <functional>
#include <memory>
#include <string>

namespace operate {
inline namespace v0 {
namespace testing {

/// The HTTP library, on a socket in a folder that only this user can open.
class HttpServer {
 public:
  using Serve = std::function<Reply(const ReceivedRequest&)>;

  /// `serve` runs on several threads at once; its answers carry the header `mark`. Throws std::runtime_error
  /// where the file system refuses.
  HttpServer(Serve serve, const std::string& mark);
  /// The connections to it must have been closed.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Of its socket.
  const std::string& path() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace testing
}  // namespace v0
}  // namespace operate
