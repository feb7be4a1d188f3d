#pragma once

/// The version of this SDK. CMake reads these three numbers, so they are stated here and nowhere else.
#define OPERATE_VERSION_MAJOR 0
#define OPERATE_VERSION_MINOR 1
#define OPERATE_VERSION_PATCH 0

/// The inline namespace of all names, `v0_1` for example. Each minor version has its own, so that two of them
/// can be loaded into one process.
#define OPERATE_ABI_NAMESPACE OPERATE_DETAIL_EXPAND_AND_JOIN(OPERATE_VERSION_MAJOR, OPERATE_VERSION_MINOR)
#define OPERATE_DETAIL_EXPAND_AND_JOIN(major, minor) OPERATE_DETAIL_JOIN(major, minor)
#define OPERATE_DETAIL_JOIN(major, minor) v##major##_##minor

#if !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#if defined(__clang__)
#pragma clang diagnostic fatal "-W#pragma-messages"  // Ends the compilation, unlike #error.
#pragma message("operate-cpp reports errors as exceptions: compile this file without -fno-exceptions.")
#else
#error "operate-cpp reports errors as exceptions: compile this file without -fno-exceptions."
#endif
#endif
