#pragma once

/// The version of this SDK. CMake reads these three numbers, so they are stated here and nowhere else.
#define OPERATE_VERSION_MAJOR 0
#define OPERATE_VERSION_MINOR 1
#define OPERATE_VERSION_PATCH 0

/// The inline namespace that holds all names of the SDK.
#define OPERATE_ABI_NAMESPACE v0
