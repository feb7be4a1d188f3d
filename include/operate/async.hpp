#pragma once

#include <operate/detail/async_handle.hpp>
#include <operate/result.hpp>
#include <operate/version.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#if defined(__cpp_impl_coroutine) && __cpp_impl_coroutine >= 201902L
#include <coroutine>
#endif

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// A call that is under way: the value comes by get(), by then() or by co_await, one of them, once.
///
/// The call was given copies of its arguments and needs nobody: an Async that is dropped lets it run, and the
/// client's observer hears how it ends (but of no ValidationError, which no call came of). It does not keep
/// the client alive: where the last copy of a client goes, and the last of what came from it, as companies()
/// or a list, each of its calls ends in a CancelledError, unless its answer was there. To have them finish
/// first, wait for their results before that. Whatever ends it, a call ends exactly once; an argument that
/// cannot be is an error like any other (ValidationError), delivered the same way.
///
/// Results are delivered on Config::executor, or, without one, on the client's own thread: what runs there
/// must be quick, and must not wait for another call of the same client: meanwhile nobody listens to the
/// calls under way, and those whose time runs out then fail, though their answers may have come. What a
/// callback throws goes to the observer (EventKind::callback) and harms nobody.
///
/// Callbacks on the client's own thread run with all signals blocked, which a program that is started there
/// inherits. The child of a fork makes calls of its own; what it inherited waits for ever.
///
/// In a coroutine, GCC before 13 destroys the temporaries of a `co_await` expression twice where they are
/// aggregates, as Request, RequestOptions and NewPerson are, which frees their memory twice: make them, or
/// the Async, in a statement of their own.
///
/// Thread safety: one thread at a time, but for cancel() and is_ready(). Move-only; one that was moved from,
/// or whose value was taken, throws std::logic_error.
template <class T>
class [[nodiscard]] Async {
 public:
  /// Made by the SDK.
  explicit Async(detail::AsyncHandle handle) noexcept : handle_(std::move(handle)) {}
  /// The other one stands for no call any more.
  Async(Async&&) noexcept = default;
  /// The call that this one stood for runs on.
  Async& operator=(Async&&) noexcept = default;
  Async(const Async&) = delete;
  Async& operator=(const Async&) = delete;
  ~Async() = default;

  /// Waits for the call, and returns its value or throws its error. Throws std::logic_error on the client's
  /// own thread, in a callback for example, where it would wait for itself, unless is_ready().
  T get() {
    detail::AsyncOutcome outcome = handle_.take();
    if (outcome.exception) std::rethrow_exception(outcome.exception);
    return std::move(*static_cast<T*>(outcome.value.get()));
  }

  /// `callback` is called with a Result<T> when the call has ended, never within then() itself (but where the
  /// client has gone meanwhile, and there is no executor, or it throws). Where something else than an Error
  /// has ended the call, as std::bad_alloc, the result's error is a bare Error that says so.
  template <class F>
  void then(F callback) {
    static_assert(std::is_invocable_v<F&, Result<T>>, "the callback takes a Result<T>");
    // std::function wants what can be copied.
    handle_.then([callback = std::make_shared<F>(std::move(callback))](detail::AsyncOutcome&& outcome) {
      (*callback)(detail::ResultAccess::make<T>(outcome.value, std::move(outcome.error),
                                                std::move(outcome.exception)));
    });
  }

  /// Ends the call in a CancelledError, unless its answer is there. Any thread; also behind then(), but not
  /// behind `co_await std::move(...)`, which takes the call: RequestOptions::cancel does.
  void cancel() const noexcept { handle_.cancel(); }

  /// Whether get() would not wait.
  bool is_ready() const noexcept { return handle_.is_ready(); }

#if defined(__cpp_impl_coroutine) && __cpp_impl_coroutine >= 201902L
  /// What co_await makes of it: the coroutine goes on where results are delivered, or at once where the
  /// result is there. A coroutine that is destroyed while it waits is not resumed; not to be done while the
  /// result is being delivered.
  class Awaiter {
   public:
    /// Made by co_await.
    explicit Awaiter(detail::AsyncHandle handle) noexcept : handle_(std::move(handle)) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      if (waits_) handle_.forget();
    }
    /// Whether the result is there.
    bool await_ready() const noexcept { return handle_.is_ready(); }
    /// Lets the coroutine wait.
    void await_suspend(std::coroutine_handle<> coroutine) {
      waits_ = true;
      // The coroutine may go on, and this be gone, before then() returns.
      const detail::AsyncHandle handle = handle_;
      try {
        handle.then([this, coroutine](detail::AsyncOutcome&& outcome) {
          waits_ = false;
          outcome_ = std::move(outcome);
          coroutine.resume();
        });
      } catch (...) {
        waits_ = false;  // What was given to then() before stays.
        throw;
      }
    }
    /// The call's value; throws its error.
    T await_resume() {
      if (!outcome_.value && !outcome_.exception) outcome_ = handle_.take();
      if (outcome_.exception) std::rethrow_exception(outcome_.exception);
      return std::move(*static_cast<T*>(outcome_.value.get()));
    }

   private:
    detail::AsyncHandle handle_;
    detail::AsyncOutcome outcome_;
    bool waits_ = false;
  };
  /// Waits for the call in a coroutine of any kind.
  Awaiter operator co_await() && noexcept { return Awaiter(std::move(handle_)); }
#endif

 private:
  detail::AsyncHandle handle_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
