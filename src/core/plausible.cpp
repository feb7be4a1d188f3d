#include "core/plausible.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace operate::core {

void make_plausible(Transfer& facts) {
  constexpr std::array<const char*, 4> versions = {"1.0", "1.1", "2", "3"};
  if (std::find(versions.begin(), versions.end(), facts.http_version) == versions.end())
    facts.http_version.clear();
  for (auto* size : {&facts.bytes_sent, &facts.bytes_received}) *size = std::max<std::int64_t>(*size, 0);
  const std::chrono::microseconds none{0}, most = std::chrono::hours(24 * 24);
  for (auto* time : {&facts.name_lookup, &facts.connect, &facts.tls, &facts.first_byte, &facts.total})
    *time = std::clamp(*time, none, most);
}

}  // namespace operate::core
