#include "testing/message.hpp"

#include "core/headers.hpp"

#include <stdexcept>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

void require_sendable(const EmulatorResponse& answer) {
  if (answer.status < 200 || answer.status > 599)
    throw std::invalid_argument("operate::testing::EmulatorResponse: the status is " +
                                std::to_string(answer.status) + "; it must be from 200 to 599");
  if (answer.delay.count() < 0)
    throw std::invalid_argument("operate::testing::EmulatorResponse: the delay is negative");
  for (const auto& [name, value] : answer.headers) {
    if (name.empty() || name.find_first_of(": \t\r\n") != std::string::npos ||
        value.find_first_of("\r\n") != std::string::npos)
      throw std::invalid_argument("operate::testing::EmulatorResponse: the header \"" + name +
                                  "\" cannot be sent");
    for (const char* own : {"Content-Length", "Transfer-Encoding", "Connection"})
      if (core::same_name(name, own))
        throw std::invalid_argument(std::string("operate::testing::EmulatorResponse: the emulator sets ") +
                                    own + " itself");
  }
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
