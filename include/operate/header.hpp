#pragma once

#include <operate/version.hpp>

#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// One HTTP header. Names are compared without regard to case.
struct Header {
  /// Compared without regard to case.
  std::string name = {};
  /// Without blanks around it.
  std::string value = {};
};

/// One query parameter, as it is meant: the SDK percent-encodes both parts.
struct QueryParameter {
  /// As it is meant; the SDK encodes it.
  std::string name = {};
  /// As it is meant; the SDK encodes it.
  std::string value = {};
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
