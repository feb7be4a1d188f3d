#pragma once

#include <operate/async.hpp>
#include <operate/company.hpp>
#include <operate/export.hpp>
#include <operate/list_options.hpp>
#include <operate/page.hpp>
#include <operate/paged_range.hpp>
#include <operate/request.hpp>
#include <operate/version.hpp>

#include <memory>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace detail {
class ClientState;
}

/// The companies of the key's organization: `GET /companies/list`, which Operate's guides document by
/// example.
///
/// Owns the state that it needs, so it may outlive its Client. Any number of threads at once.
class OPERATE_EXPORT Companies {
 public:
  /// One page. Throws ValidationError for a limit that is not from 1 to 100 or an offset below 0, and
  /// whatever a call throws: TransportError, ApiError, and DecodeError for an answer that is not what the API
  /// documents. Retried where the RetryPolicy says so.
  Page<Company> list(const ListOptions& options = {}, const RequestOptions& request_options = {}) const;

  /// The same without waiting for the answer; for a place in Config::max_async_calls see
  /// RequestOptions::when_full. Whatever list() throws comes with the result; this throws std::system_error
  /// or std::bad_alloc where the client's thread cannot be started.
  Async<Page<Company>> list_async(const ListOptions& options = {},
                                  const RequestOptions& request_options = {}) const;

  /// All companies, fetched a page at a time while they are read; PagedRange says what is promised where they
  /// change meanwhile. Sends nothing itself; throws ValidationError. `request_options` hold for each page,
  /// its deadline too.
  PagedRange<Company> list_all(const ListAllOptions& options = {},
                               const RequestOptions& request_options = {}) const;

  // No move operations: what was moved from is a copy, and still works.
  /// Copies share the client's state.
  Companies(const Companies&) = default;
  /// Copies share the client's state.
  Companies& operator=(const Companies&) = default;
  ~Companies() = default;

 private:
  friend class Client;
  explicit Companies(std::shared_ptr<detail::ClientState> state);
  std::shared_ptr<detail::ClientState> state_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
