#include <operate/clock.hpp>

#include "client/real_clock.hpp"

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

Clock::~Clock() = default;

}  // namespace OPERATE_ABI_NAMESPACE

namespace client {

Clock::time_point RealClock::now() { return std::chrono::steady_clock::now(); }
void RealClock::sleep_until(time_point time, const CancellationToken& cancel) { cancel.wait_until(time); }

}  // namespace client
}  // namespace operate
