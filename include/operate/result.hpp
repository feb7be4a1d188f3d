#pragma once

#include <operate/error.hpp>
#include <operate/version.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {

struct Nothing {};
struct ResultAccess;

template <class F>
using AttemptValue = std::decay_t<std::invoke_result_t<F>>;

}  // namespace detail

template <class T>
class Result;

template <class F>
Result<detail::AttemptValue<F>> attempt(F&& call);

/// A call's value or its Error. Thread safety: like the value's.
template <class T>
class [[nodiscard]] Result {
  static_assert(!std::is_reference_v<T>, "a Result holds a value");
  using Value = std::conditional_t<std::is_void_v<T>, detail::Nothing, T>;

 public:
  /// A call that succeeded.
  // NOLINTNEXTLINE(google-explicit-constructor): a value is a result.
  Result(Value value) : value_(std::move(value)) {}

  /// Whether the call succeeded.
  bool has_value() const noexcept { return value_.has_value(); }
  /// Whether the call succeeded.
  explicit operator bool() const noexcept { return has_value(); }

  /// Throws the error, with its own type, where there is no value.
  std::add_lvalue_reference_t<T> value() & {
    require_value();
    if constexpr (!std::is_void_v<T>) return *value_;
  }
  /// The value; throws the call's error where there is none.
  std::add_lvalue_reference_t<const T> value() const& {
    require_value();
    if constexpr (!std::is_void_v<T>) return *value_;
  }
  /// The value; throws the call's error where there is none.
  T value() && {
    require_value();
    if constexpr (!std::is_void_v<T>) return std::move(*value_);
  }

  /// Throws std::logic_error where there is a value.
  const Error& error() const& {
    if (!error_) throw std::logic_error("operate::Result: there is no error");
    return *error_;
  }
  const Error& error() const&& = delete;  // It would refer to what is gone at the end of the line.

 private:
  template <class F>
  friend Result<detail::AttemptValue<F>> attempt(F&& call);
  friend struct detail::ResultAccess;

  Result(std::shared_ptr<const Error> error, std::exception_ptr exception)
      : error_(std::move(error)), exception_(std::move(exception)) {}

  void require_value() const {
    if (value_) return;
    if (!exception_) throw std::logic_error("operate::Result: it was moved from");
    std::rethrow_exception(exception_);
  }

  std::optional<Value> value_;
  std::shared_ptr<const Error> error_;
  std::exception_ptr exception_;
};

namespace detail {

/// How an async call's outcome becomes a Result.
struct ResultAccess {
  template <class T>
  static Result<T> make(const std::shared_ptr<void>& value, std::shared_ptr<const Error> error,
                        std::exception_ptr exception) {
    if (exception) return Result<T>(std::move(error), std::move(exception));
    return std::move(*static_cast<T*>(value.get()));
  }
};

}  // namespace detail

/// Any call without exceptions: `auto page = attempt([&] { return client.companies().list(); });`. Catches
/// Error and nothing else, so that std::bad_alloc and the caller's own exceptions pass through.
template <class F>
Result<detail::AttemptValue<F>> attempt(F&& call) {
  using T = detail::AttemptValue<F>;
  try {
    if constexpr (std::is_void_v<T>) {
      std::forward<F>(call)();
      return detail::Nothing{};
    } else {
      return std::forward<F>(call)();
    }
  } catch (const Error& error) {
    return Result<T>(error.clone(), std::current_exception());
  }
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
