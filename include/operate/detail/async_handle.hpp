#pragma once

#include <operate/error.hpp>
#include <operate/export.hpp>
#include <operate/version.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace detail {

/// How an async call ended: a value, or an error and the exception that it is thrown as.
struct AsyncOutcome {
  std::shared_ptr<void> value = {};
  std::shared_ptr<const Error> error = {};
  std::exception_ptr exception = {};
};

class AsyncState;

/// What an Async holds of its call, whatever the type of its value. Empty where it was moved from; take()
/// and then() throw std::logic_error then.
class OPERATE_EXPORT AsyncHandle {
 public:
  explicit AsyncHandle(std::shared_ptr<AsyncState> state) noexcept : state_(std::move(state)) {}

  bool is_ready() const noexcept;
  void cancel() const noexcept;

  /// Waits for the outcome and takes it. Throws std::logic_error where it was taken before, where it is
  /// promised to then(), and where it is not there yet on the thread that brings it.
  AsyncOutcome take() const;

  /// `continuation` runs where results are delivered, once the outcome is there. Throws std::logic_error as
  /// take() does.
  void then(std::function<void(AsyncOutcome&&)> continuation) const;

  /// What was given to then() is not to run any more.
  void forget() const noexcept;

 private:
  AsyncState& state() const;
  std::shared_ptr<AsyncState> state_;
};

}  // namespace detail
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
