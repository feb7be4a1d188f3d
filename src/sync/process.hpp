#pragma once

#ifndef _WIN32
#include <unistd.h>
#endif

namespace operate::sync {

/// Tells a child of a fork from its parent.
inline long process_id() {
#ifdef _WIN32
  return 0;  // There is no fork.
#else
  return static_cast<long>(getpid());
#endif
}

}  // namespace operate::sync
