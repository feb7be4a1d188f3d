#pragma once

// For those who test with GoogleTest: how the SDK's values are printed in failures, and matchers. The library
// and operate::testing do not need GoogleTest; who includes this links GTest::gmock. A program has one
// printer for each type, so all of its files that print these values have to include this.
#include <gmock/gmock.h>
#include <operate/company.hpp>
#include <operate/config.hpp>
#include <operate/detail/error_cast.hpp>
#include <operate/error.hpp>
#include <operate/json_text.hpp>
#include <operate/observer.hpp>
#include <operate/page.hpp>
#include <operate/person.hpp>
#include <operate/request.hpp>
#include <operate/result.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/received_request.hpp>
#include <operate/testing/recording_transport.hpp>
#include <operate/testing/scripted_transport.hpp>
#include <operate/transfer.hpp>
#include <operate/transport.hpp>
#include <operate/version.hpp>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

// A class before those below it.
#define OPERATE_ERRORS(Do)                                                                               \
  Do(Error) Do(ConfigError) Do(ValidationError) Do(CancelledError) Do(TransportError) Do(TimeoutError)   \
      Do(DecodeError) Do(ApiError) Do(AuthenticationError) Do(MissingApiKeyError) Do(InvalidApiKeyError) \
          Do(PermissionDeniedError) Do(BadRequestError) Do(NotFoundError) Do(ConflictError)              \
              Do(RateLimitError) Do(ServerError)

namespace detail {

// The name of an error's class; of what is not the SDK's, the nearest above it.
#define OPERATE_NAME(Class) \
  inline const char* name_of_class(const Class*) { return #Class; }
OPERATE_ERRORS(OPERATE_NAME)
#undef OPERATE_NAME
inline const char* name_of_class_of(const Error& error) {
  const char* name = "";
#define OPERATE_NAME(Class) \
  if (error_cast<Class>(error)) name = #Class;
  OPERATE_ERRORS(OPERATE_NAME)
#undef OPERATE_NAME
  return name;
}

// `, name "value"`, where there is one.
template <class T>
void print_member(const char* name, const std::optional<T>& value, std::ostream* to) {
  if (value) *to << ", " << name << " " << ::testing::PrintToString(*value);
}
template <class T>
void print_list(const std::vector<T>& list, std::ostream* to) {
  if (!list.empty()) *to << " " << ::testing::PrintToString(list);
}
inline void print_body(const std::string& body, std::ostream* to) {
  if (!body.empty()) *to << " " << body;
}

// Method, path and query.
template <class T>
void print_request(const T& request, std::ostream* to) {
  *to << (request.method.empty() ? "any method" : request.method) << " "
      << (request.path.empty() ? "any path" : request.path);
  print_list(request.query, to);
}

}  // namespace detail

// Found by GoogleTest beside the types.
inline void PrintTo(const JsonText& json, std::ostream* to) { *to << json.text(); }
inline void PrintTo(const Transfer& transfer, std::ostream* to) {
  *to << "Transfer {request_id " << ::testing::PrintToString(transfer.request_id) << ", http_version "
      << ::testing::PrintToString(transfer.http_version) << ", "
      << (transfer.connection_reused ? "a connection that was kept" : "a new connection") << ", bytes_sent "
      << transfer.bytes_sent << ", bytes_received " << transfer.bytes_received << ", name_lookup "
      << transfer.name_lookup.count() << " us, connect " << transfer.connect.count() << " us, tls "
      << transfer.tls.count() << " us, first_byte " << transfer.first_byte.count() << " us, total "
      << transfer.total.count() << " us}";
}
inline void PrintTo(const Company& company, std::ostream* to) {
  *to << "Company ";
  if (company.raw.empty())
    *to << "{id " << ::testing::PrintToString(company.id) << ", name "
        << ::testing::PrintToString(company.name) << "}";
  else
    *to << company.raw.text();
}
inline void PrintTo(const Title& title, std::ostream* to) {
  *to << "Title {" << ::testing::PrintToString(title.title);
  detail::print_member("company_id", title.company_id, to);
  detail::print_member("order_index", title.order_index, to);
  *to << "}";
}
namespace detail {
// What a person to create and one that was created have in common.
template <class T>
void print_person(const T& person, std::ostream* to) {
  *to << "full_name " << ::testing::PrintToString(person.full_name) << ", emails "
      << ::testing::PrintToString(person.emails);
  print_member("cue", person.cue, to);
  print_member("timezone", person.timezone, to);
  print_member("location", person.location, to);
  if (!person.titles.empty()) *to << ", titles " << ::testing::PrintToString(person.titles);
}
}  // namespace detail
inline void PrintTo(const NewPerson& person, std::ostream* to) {
  *to << "NewPerson {";
  detail::print_person(person, to);
  if (!person.extra.empty()) *to << ", extra " << person.extra.text();
  *to << "}";
}
inline void PrintTo(const Person& person, std::ostream* to) {
  *to << "Person ";
  if (!person.raw.empty()) {
    *to << person.raw.text();
    return;
  }
  *to << "{id " << ::testing::PrintToString(person.id) << ", ";
  detail::print_person(person, to);
  *to << "}";
}
inline void PrintTo(const Pagination& pagination, std::ostream* to) {
  *to << "{total " << pagination.total << ", limit " << pagination.limit << ", offset " << pagination.offset
      << "}";
}
inline void PrintTo(const Header& header, std::ostream* to) { *to << header.name << ": " << header.value; }
inline void PrintTo(const QueryParameter& parameter, std::ostream* to) {
  *to << parameter.name << "=" << parameter.value;
}
inline void PrintTo(const Request& request, std::ostream* to) {
  *to << "Request ";
  detail::print_request(request, to);
  detail::print_body(request.body, to);
}
inline void PrintTo(const Response& response, std::ostream* to) {
  *to << "Response " << response.status;
  detail::print_list(response.headers, to);
  detail::print_body(response.body, to);
}
// One each, as a template for all would be no better a match than GoogleTest's own.
#define OPERATE_PRINT(Class) \
  inline void PrintTo(const Class& error, std::ostream* to) { *to << error.report(); }
OPERATE_ERRORS(OPERATE_PRINT)
#undef OPERATE_PRINT
#undef OPERATE_ERRORS
inline void PrintTo(TransportErrorKind kind, std::ostream* to) { *to << to_string(kind); }
inline void PrintTo(TimeLimit limit, std::ostream* to) { *to << to_string(limit); }
inline void PrintTo(const Attempt& attempt, std::ostream* to) {
  *to << "Attempt {status " << attempt.status;
  if (attempt.failure) *to << ", failure " << to_string(*attempt.failure);
  *to << ", duration " << attempt.duration.count() << " ms, wait " << attempt.wait.count() << " ms, ";
  PrintTo(attempt.transfer, to);
  *to << "}";
}
inline void PrintTo(EventKind kind, std::ostream* to) {
  switch (kind) {
    case EventKind::call:
      *to << "call";
      return;
    case EventKind::wait:
      *to << "wait";
      return;
    case EventKind::attempt:
      *to << "attempt";
      return;
    case EventKind::result:
      *to << "result";
      return;
    case EventKind::callback:
      *to << "callback";
      return;
    case EventKind::key:
      *to << "key";
      return;
  }
  *to << "EventKind " << static_cast<int>(kind);
}
inline void PrintTo(WaitReason reason, std::ostream* to) {
  switch (reason) {
    case WaitReason::retry:
      *to << "retry";
      return;
    case WaitReason::rate_limit:
      *to << "rate_limit";
      return;
  }
  *to << "WaitReason " << static_cast<int>(reason);
}
inline void PrintTo(const Config& config, std::ostream* to) {
  // No more, as there is a key in it.
  *to << "Config {base_url " << ::testing::PrintToString(config.base_url) << "}";
}
inline void PrintTo(const TransportRequest& request, std::ostream* to) {
  *to << "TransportRequest " << request.method << " " << request.redact(request.url);
  std::vector<Header> headers;
  for (const Header& header : request.headers)
    headers.push_back({request.redact(header.name), request.redact(header.value)});
  detail::print_list(headers, to);
  detail::print_body(request.redact(request.body), to);
}
inline void PrintTo(const TransportResponse& response, std::ostream* to) {
  *to << "TransportResponse " << response.status;
  detail::print_list(response.headers, to);
  detail::print_body(response.body, to);
}
inline void PrintTo(const TransportFailure& failure, std::ostream* to) {
  *to << "TransportFailure " << to_string(failure.kind);
  if (failure.kind == TransportErrorKind::timeout) *to << " (" << to_string(failure.limit) << ")";
  detail::print_body(failure.message, to);
}
template <class T>
void PrintTo(const Page<T>& page, std::ostream* to) {
  *to << "Page ";
  PrintTo(page.pagination(), to);
  *to << " " << ::testing::PrintToString(std::vector<T>(page.begin(), page.end()));
}
template <class T>
void PrintTo(const Result<T>& result, std::ostream* to) {
  if (!result)
    *to << "failed: " << result.error().report();
  else if constexpr (std::is_void_v<T>)
    *to << "succeeded";
  else
    *to << "succeeded: " << ::testing::PrintToString(result.value());
}

namespace detail {

// A matcher of one thing about a value: what most of the functions below return. `Get` reads it.
template <class Value, class Get>
class AspectMatcher {
 public:
  // `name` stands in the texts: "has a `name` that is equal to 3".
  AspectMatcher(std::string name, ::testing::Matcher<const Value&> inner, Get get)
      : name_(std::move(name)), inner_(std::move(inner)), get_(std::move(get)) {}

  // What GoogleTest asks.
  template <class T>
  bool MatchAndExplain(const T& value, ::testing::MatchResultListener* listener) const {
    const Value aspect = get_(value);
    ::testing::StringMatchResultListener why;
    const bool matches = inner_.MatchAndExplain(aspect, &why);
    *listener << "whose " << name_ << " is " << ::testing::PrintToString(aspect);
    if (!why.str().empty()) *listener << ", " << why.str();
    return matches;
  }
  // What GoogleTest prints.
  void DescribeTo(std::ostream* to) const {
    *to << "has a " << name_ << " that ";
    inner_.DescribeTo(to);
  }
  // What GoogleTest prints.
  void DescribeNegationTo(std::ostream* to) const {
    *to << "has a " << name_ << " that ";
    inner_.DescribeNegationTo(to);
  }

 private:
  std::string name_;
  ::testing::Matcher<const Value&> inner_;
  Get get_;
};

template <class Value, class M, class Get>
auto aspect(std::string name, M inner, Get get) {
  return ::testing::MakePolymorphicMatcher(AspectMatcher<Value, Get>(
      std::move(name), ::testing::SafeMatcherCast<const Value&>(inner), std::move(get)));
}

// What HasValue() returns: it becomes a matcher of a certain Result where it is used.
template <class Inner>
class HasValueMatcher {
 public:
  // Of the value's own matcher.
  explicit HasValueMatcher(Inner inner) : inner_(std::move(inner)) {}

  // What GoogleTest asks for.
  template <class R>
  // NOLINTNEXTLINE(google-explicit-constructor): GoogleTest converts it.
  operator ::testing::Matcher<R>() const {
    return ::testing::Matcher<R>(new Typed<R, std::decay_t<R>>(inner_));
  }

 private:
  template <class R, class Plain>
  class Typed;

  template <class R, class T>
  class Typed<R, Result<T>> : public ::testing::MatcherInterface<R> {
   public:
    explicit Typed(const Inner& inner) : inner_(::testing::SafeMatcherCast<const T&>(inner)) {}

    bool MatchAndExplain(R result, ::testing::MatchResultListener* listener) const override {
      if (!result) {
        *listener << "which failed with " << name_of_class_of(result.error());
        return false;
      }
      ::testing::StringMatchResultListener why;
      const bool matches = inner_.MatchAndExplain(result.value(), &why);
      *listener << (matches ? "whose value matches" : "whose value does not match");
      if (!why.str().empty()) *listener << ", " << why.str();
      return matches;
    }
    void DescribeTo(std::ostream* to) const override {
      *to << "has a value that ";
      inner_.DescribeTo(to);
    }
    void DescribeNegationTo(std::ostream* to) const override {
      *to << "has no value that ";
      inner_.DescribeTo(to);
    }

   private:
    ::testing::Matcher<const T&> inner_;
  };

  template <class R>
  class Typed<R, Result<void>> : public ::testing::MatcherInterface<R> {
   public:
    explicit Typed(const Inner&) {}

    bool MatchAndExplain(R result, ::testing::MatchResultListener* listener) const override {
      if (!result) *listener << "which failed with " << name_of_class_of(result.error());
      return result.has_value();
    }
    void DescribeTo(std::ostream* to) const override { *to << "is that of a call that succeeded"; }
    void DescribeNegationTo(std::ostream* to) const override { *to << "is that of a call that failed"; }
  };

  Inner inner_;
};

// What HasError() returns.
template <class E>
class HasErrorMatcher {
 public:
  // Of the error's own matcher; without one, any error of the class matches.
  explicit HasErrorMatcher(std::optional<::testing::Matcher<const E&>> inner) : inner_(std::move(inner)) {}

  // What GoogleTest asks.
  template <class T>
  bool MatchAndExplain(const Result<T>& result, ::testing::MatchResultListener* listener) const {
    if (result) {
      *listener << "which succeeded";
      return false;
    }
    const auto* error = error_cast<E>(result.error());
    *listener << "whose error is of the class " << name_of_class_of(result.error());
    if (!error || !inner_) return error != nullptr;
    ::testing::StringMatchResultListener why;
    const bool matches = inner_->MatchAndExplain(*error, &why);
    if (!why.str().empty()) *listener << ", " << why.str();
    return matches;
  }
  // What GoogleTest prints.
  void DescribeTo(std::ostream* to) const { describe("has an", to); }
  // What GoogleTest prints.
  void DescribeNegationTo(std::ostream* to) const { describe("has no", to); }

 private:
  void describe(const char* has, std::ostream* to) const {
    *to << has << " error of the class " << name_of_class(static_cast<const E*>(nullptr));
    if (!inner_) return;
    *to << " that ";
    inner_->DescribeTo(to);
  }

  std::optional<::testing::Matcher<const E&>> inner_;
};

// What RequestIs() returns.
class RequestMatcher {
 public:
  // Of the matchers of the two.
  RequestMatcher(::testing::Matcher<const std::string&> method, ::testing::Matcher<const std::string&> path)
      : method_(std::move(method)), path_(std::move(path)) {}

  // What GoogleTest asks.
  template <class T>
  bool MatchAndExplain(const T& request, ::testing::MatchResultListener* listener) const {
    ::testing::StringMatchResultListener of_method, of_path;
    const bool method_matches = method_.MatchAndExplain(request.method, &of_method);
    const bool path_matches = path_.MatchAndExplain(request.path, &of_path);
    *listener << "whose method is " << ::testing::PrintToString(request.method);
    if (!of_method.str().empty()) *listener << ", " << of_method.str() << ",";
    *listener << " and whose path is " << ::testing::PrintToString(request.path);
    if (!of_path.str().empty()) *listener << ", " << of_path.str();
    return method_matches && path_matches;
  }
  // What GoogleTest prints.
  void DescribeTo(std::ostream* to) const {
    *to << "has a method that ";
    method_.DescribeTo(to);
    *to << " and a path that ";
    path_.DescribeTo(to);
  }
  // What GoogleTest prints.
  void DescribeNegationTo(std::ostream* to) const {
    *to << "has a method that ";
    method_.DescribeNegationTo(to);
    *to << " or a path that ";
    path_.DescribeNegationTo(to);
  }

 private:
  ::testing::Matcher<const std::string&> method_;
  ::testing::Matcher<const std::string&> path_;
};

}  // namespace detail

namespace testing {

inline void PrintTo(const ReceivedRequest& request, std::ostream* to) {
  *to << request.method << " " << request.path << " " << ::testing::PrintToString(request.query) << " "
      << ::testing::PrintToString(request.headers) << " " << request.body;
}
inline void PrintTo(const ExpectedRequest& request, std::ostream* to) {
  *to << "ExpectedRequest ";
  detail::print_request(request, to);
  detail::print_list(request.headers, to);
  detail::print_body(request.json_body, to);
}
inline void PrintTo(const EmulatorResponse& response, std::ostream* to) {
  *to << "EmulatorResponse " << response.status;
  detail::print_list(response.headers, to);
  detail::print_body(response.body, to);
  if (response.delay.count() != 0) *to << ", held back by " << response.delay.count() << " ms";
}
inline void PrintTo(FaultKind kind, std::ostream* to) {
  switch (kind) {
    case FaultKind::drop:
      *to << "drop";
      return;
    case FaultKind::stall:
      *to << "stall";
      return;
    case FaultKind::reset:
      *to << "reset";
      return;
    case FaultKind::reset_after_status_line:
      *to << "reset_after_status_line";
      return;
    case FaultKind::half_body:
      *to << "half_body";
      return;
    case FaultKind::stall_in_body:
      *to << "stall_in_body";
      return;
    case FaultKind::slow_bytes:
      *to << "slow_bytes";
      return;
  }
  *to << "FaultKind " << static_cast<int>(kind);
}
inline void PrintTo(const Fault& fault, std::ostream* to) {
  *to << "Fault ";
  PrintTo(fault.kind, to);
  *to << (fault.carried_out ? ", carried out" : ", not carried out");
  if (fault.kind == FaultKind::slow_bytes) *to << ", " << fault.pause.count() << " ms behind each byte";
}
// What is wrong with them is IsFulfilled()'s to say.
inline void PrintTo(const ScriptedTransport&, std::ostream* to) { *to << "a ScriptedTransport"; }
inline void PrintTo(const ReplayTransport&, std::ostream* to) { *to << "a ReplayTransport"; }
inline void PrintTo(const std::shared_ptr<ScriptedTransport>& script, std::ostream* to) {
  *to << (script ? "a ScriptedTransport" : "(nullptr)");
}
inline void PrintTo(const std::shared_ptr<ReplayTransport>& replay, std::ostream* to) {
  *to << (replay ? "a ReplayTransport" : "(nullptr)");
}

/// An error whose status(), as ApiError and DecodeError have it, matches:
/// `HasError<ApiError>(StatusIs(409))`. (GoogleTest's `Throws<ApiError>(...)` makes the call a second time
/// when it explains a failure, which shows another error wherever calls have effects.)
template <class M>
auto StatusIs(M status) {
  return detail::aspect<int>("status", status, [](const auto& error) { return error.status(); });
}
/// A ValidationError about the argument of this name.
template <class M>
auto FieldIs(M field) {
  return detail::aspect<std::string>("field", field, [](const auto& error) { return error.field(); });
}
/// A ConfigError about the setting of this name.
template <class M>
auto SettingIs(M setting) {
  return detail::aspect<std::string>("setting", setting, [](const auto& error) { return error.setting(); });
}
/// A TransportError of this kind.
template <class M>
auto KindIs(M kind) {
  return detail::aspect<TransportErrorKind>("kind", kind, [](const auto& error) { return error.kind(); });
}
/// An error after so many attempts.
template <class M>
auto AttemptsAre(M attempts) {
  return detail::aspect<int>("number of attempts", attempts,
                             [](const auto& error) { return static_cast<int>(error.attempts().size()); });
}
/// An error whose call may have been carried out all the same.
MATCHER(MayHaveBeenApplied, negation ? "cannot have been applied" : "may have been applied") {
  return arg.may_have_been_applied();
}

/// A Result with a value that matches: `EXPECT_THAT(attempt(...), HasValue(SizeIs(3)))`; of a call that
/// returns nothing, `HasValue(_)`.
template <class Inner>
auto HasValue(Inner inner) {
  return detail::HasValueMatcher<Inner>(std::move(inner));
}

/// A Result with an error of the class E, or one below it: `EXPECT_THAT(attempt(...), HasError<ApiError>())`.
template <class E>
auto HasError() {
  return ::testing::MakePolymorphicMatcher(detail::HasErrorMatcher<E>(std::nullopt));
}
/// The same with an error that matches: `HasError<ApiError>(StatusIs(409))`.
template <class E, class Inner>
auto HasError(Inner inner) {
  return ::testing::MakePolymorphicMatcher(
      detail::HasErrorMatcher<E>(::testing::SafeMatcherCast<const E&>(inner)));
}

/// A request whose method and path match.
template <class Method, class Path>
auto RequestIs(Method method, Path path) {
  return ::testing::MakePolymorphicMatcher(
      detail::RequestMatcher(::testing::SafeMatcherCast<const std::string&>(method),
                             ::testing::SafeMatcherCast<const std::string&>(path)));
}
/// A request with a header of this name whose value matches, the first where there are several; a header that
/// is not there is empty.
template <class M>
auto HeaderIs(std::string name, M value) {
  const std::string what = "header " + name;
  return detail::aspect<std::string>(
      what, value, [name = std::move(name)](const auto& request) { return request.header(name); });
}
/// A request with a query parameter of this name whose value matches, the first where there are several; one
/// that is not there is empty.
template <class M>
auto ParameterIs(std::string name, M value) {
  const std::string what = "query parameter " + name;
  return detail::aspect<std::string>(
      what, value, [name = std::move(name)](const auto& request) { return request.parameter(name); });
}

/// A ScriptedTransport or a ReplayTransport, or a pointer to one, without problems: all that was expected
/// came, and nothing else.
MATCHER(IsFulfilled, negation ? "has problems" : "has no problems") {
  std::string problems;
  if constexpr (std::is_base_of_v<Transport, std::decay_t<decltype(arg)>>) {
    problems = arg.problems();
  } else {
    if (!arg) {
      *result_listener << "which is no transport";
      return false;
    }
    problems = arg->problems();
  }
  *result_listener << problems;
  return problems.empty();
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
