#pragma once

#include <operate/error.hpp>
#include <operate/export.hpp>
#include <operate/version.hpp>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// dynamic_cast to a class of error.hpp, also for files that are compiled with -fno-rtti.
template <class Class>
OPERATE_EXPORT const Class* error_cast(const Error& error) noexcept;

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
