#pragma once

#include <operate/testing/emulator.hpp>

#include "support/raw_server.hpp"

namespace operate::test {

/// What the emulators of this run have in common: TLS or none.
inline operate::testing::EmulatorOptions emulator_options() {
  operate::testing::EmulatorOptions options;
  options.tls = over_tls();
  return options;
}

}  // namespace operate::test
