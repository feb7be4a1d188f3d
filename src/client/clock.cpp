#include <operate/clock.hpp>

#include "client/real_clock.hpp"

#include <thread>

namespace operate {
inline namespace v0 {

Clock::~Clock() = default;

}  // namespace v0

namespace client {

Clock::time_point RealClock::now() { return std::chrono::steady_clock::now(); }
void RealClock::sleep_until(time_point time) { std::this_thread::sleep_until(time); }

}  // namespace client
}  // namespace operate
