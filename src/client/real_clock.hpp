#pragma once

#include <operate/clock.hpp>

namespace operate::client {

/// The machine's steady clock.
class RealClock : public Clock {
 public:
  time_point now() override;
  void sleep_until(time_point time, const CancellationToken& cancel) override;
};

}  // namespace operate::client
