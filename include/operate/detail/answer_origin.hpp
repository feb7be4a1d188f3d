#pragma once

#include <operate/export.hpp>
#include <operate/version.hpp>

#include <memory>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// The call that an answer came from, for the error about it; of a type of the library's own.
struct OPERATE_EXPORT AnswerOrigin {
  std::shared_ptr<const void> exchange = {};

  /// Throws DecodeError with the call's method, path, attempts and body. `problem` goes on behind "the
  /// answer".
  [[noreturn]] void raise_undecodable(const std::string& problem) const;
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
