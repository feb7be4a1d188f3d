#pragma once

#include <operate/transfer.hpp>

namespace operate::core {

/// Takes out of a Transport's facts what cannot be: sizes and times below zero, and HTTP versions that are
/// none.
void make_plausible(Transfer& facts);

}  // namespace operate::core
