#pragma once

#include <chrono>
#include <string>

namespace operate::core {

/// `2026-11-25T08:15:19.123Z`
std::string timestamp(std::chrono::system_clock::time_point time);

}  // namespace operate::core
