#pragma once

#include <operate/header.hpp>
#include <operate/version.hpp>

#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// A request that came, to an Emulator or to a ScriptedTransport.
struct ReceivedRequest {
  /// In capitals.
  std::string method = {};
  /// Decoded, so that a `%2F` cannot be told from a `/`.
  std::string path = {};
  /// Decoded.
  std::vector<QueryParameter> query = {};
  /// As they came.
  std::vector<Header> headers = {};
  /// As it was sent.
  std::string body = {};

  /// The first header of that name, in any case of letters; empty where there is none.
  std::string header(const std::string& name) const;

  /// The first query parameter of that name, decoded; empty where there is none.
  std::string parameter(const std::string& name) const;
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
