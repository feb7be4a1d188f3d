#pragma once

#include <operate/testing/emulator.hpp>

#include <optional>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// An answer, and what befalls it on its way.
struct Reply {
  EmulatorResponse answer;
  std::optional<Fault> fault = {};
};

/// Throws std::invalid_argument for what the HTTP library would send beside its own headers, or break off at.
void require_sendable(const EmulatorResponse& answer);

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
