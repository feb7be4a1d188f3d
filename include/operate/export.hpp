#pragma once

// OPERATE_EXPORT marks what the library offers to other programs; everything else stays hidden inside it.
#if defined(_WIN32) && !defined(OPERATE_STATIC)
#if defined(OPERATE_BUILDING)
#define OPERATE_EXPORT __declspec(dllexport)
#else
#define OPERATE_EXPORT __declspec(dllimport)
#endif
#elif defined(_WIN32)
#define OPERATE_EXPORT
#else
#define OPERATE_EXPORT __attribute__((visibility("default")))
#endif
