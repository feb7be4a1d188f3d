#pragma once

#include <operate/async.hpp>
#include <operate/export.hpp>
#include <operate/person.hpp>
#include <operate/request.hpp>
#include <operate/version.hpp>

#include <memory>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {
class ClientState;
}

/// People: `POST /v/alpha/people/create`, as Operate's reference documents it.
///
/// Owns the state that it needs, so it may outlive its Client. Any number of threads at once.
class OPERATE_EXPORT People {
 public:
  /// Creates a person. Throws ValidationError, with nothing sent, for what breaks a documented rule;
  /// otherwise whatever a call throws.
  ///
  /// Repeated where the server cannot have seen it, and after a 429, which is taken to mean that nothing was
  /// done; never otherwise. An error after which the person may exist says so by
  /// Error::may_have_been_applied(); a redirect counts as such. Operate documents no way to look a person up:
  /// then, let somebody look in Operate itself before it is called again. Whether an address that exists
  /// already is an error is not documented. Any answer of success is a Person, however little of one it
  /// holds; only a body that is no JSON, or none at all, is a DecodeError.
  Person create(const NewPerson& person, const RequestOptions& request_options = {}) const;

  /// The same without waiting for the answer; for a place in Config::max_async_calls see
  /// RequestOptions::when_full. Whatever create() throws comes with the result; this throws std::system_error
  /// or std::bad_alloc where the client's thread cannot be started.
  Async<Person> create_async(const NewPerson& person, const RequestOptions& request_options = {}) const;

  // No move operations: what was moved from is a copy, and still works.
  /// Copies share the client's state.
  People(const People&) = default;
  /// Copies share the client's state.
  People& operator=(const People&) = default;
  ~People() = default;

 private:
  friend class Client;
  explicit People(std::shared_ptr<detail::ClientState> state);
  std::shared_ptr<detail::ClientState> state_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
