#pragma once

#include <operate/transfer.hpp>

namespace operate::core {

/// Takes out of a Transport's facts what cannot be: sizes and times below zero, times beyond 24 days, and
/// HTTP versions that are none.
void make_plausible(Transfer& facts);

}  // namespace operate::core
