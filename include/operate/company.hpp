#pragma once

#include <operate/json_text.hpp>
#include <operate/version.hpp>

#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// A company of the key's organization. That companies have a UUID is documented; `name` is what other
/// integrations show, and is empty where the server sends none. Every other member is in `raw`.
struct Company {
  /// A UUID, as documented; never missing.
  std::string id = {};
  /// Empty where the server sent none: no document of Operate's says that there is one.
  std::string name = {};
  /// The whole object as the server sent it.
  JsonText raw = {};
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
