#pragma once

#include <string>

namespace operate {
inline namespace v0 {

/// One HTTP header. Names are compared without regard to case.
struct Header {
  std::string name = {};
  std::string value = {};
};

/// One query parameter, as it is meant: the SDK percent-encodes both parts.
struct QueryParameter {
  std::string name = {};
  std::string value = {};
};

}  // namespace v0
}  // namespace operate
