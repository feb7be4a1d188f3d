#pragma once

// For those who test with GoogleTest: how the SDK's values are printed in failures, and matchers. The library
// and operate::testing do not need GoogleTest; who includes this links GTest::gmock. A program has one
// printer for each type, so all of its files that print these values have to include this.
#include <gmock/gmock.h>
#include <operate/company.hpp>
#include <operate/error.hpp>
#include <operate/page.hpp>
#include <operate/person.hpp>
#include <operate/request.hpp>
#include <operate/result.hpp>
#include <operate/testing/received_request.hpp>
#include <operate/testing/scripted_transport.hpp>
#include <operate/transport.hpp>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace operate {
inline namespace v0 {

// Found by GoogleTest beside the types.
inline void PrintTo(const Company& company, std::ostream* to) { *to << "Company " << company.raw.text(); }
inline void PrintTo(const Person& person, std::ostream* to) { *to << "Person " << person.raw.text(); }
inline void PrintTo(const Pagination& pagination, std::ostream* to) {
  *to << "{total " << pagination.total << ", limit " << pagination.limit << ", offset " << pagination.offset
      << "}";
}
inline void PrintTo(const Header& header, std::ostream* to) { *to << header.name << ": " << header.value; }
inline void PrintTo(const QueryParameter& parameter, std::ostream* to) {
  *to << parameter.name << "=" << parameter.value;
}
inline void PrintTo(const Response& response, std::ostream* to) {
  *to << "Response " << response.status << " " << response.body;
}
// One each, as a template for all would be no better a match than GoogleTest's own.
#define OPERATE_PRINT(Class) \
  inline void PrintTo(const Class& error, std::ostream* to) { *to << error.report(); }
OPERATE_PRINT(Error)
OPERATE_PRINT(ConfigError)
OPERATE_PRINT(ValidationError)
OPERATE_PRINT(CancelledError)
OPERATE_PRINT(TransportError)
OPERATE_PRINT(TimeoutError)
OPERATE_PRINT(DecodeError)
OPERATE_PRINT(ApiError)
OPERATE_PRINT(AuthenticationError)
OPERATE_PRINT(MissingApiKeyError)
OPERATE_PRINT(InvalidApiKeyError)
OPERATE_PRINT(PermissionDeniedError)
OPERATE_PRINT(BadRequestError)
OPERATE_PRINT(NotFoundError)
OPERATE_PRINT(ConflictError)
OPERATE_PRINT(RateLimitError)
OPERATE_PRINT(ServerError)
#undef OPERATE_PRINT
inline void PrintTo(const TransportResponse& answer, std::ostream* to) {
  *to << "TransportResponse " << answer.status << " " << answer.body;
}
inline void PrintTo(const TransportFailure& failure, std::ostream* to) {
  *to << "TransportFailure " << to_string(failure.kind) << " " << failure.message;
}
inline void PrintTo(TransportErrorKind kind, std::ostream* to) { *to << to_string(kind); }
inline void PrintTo(TimeLimit limit, std::ostream* to) { *to << to_string(limit); }
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

namespace testing {

inline void PrintTo(const ReceivedRequest& request, std::ostream* to) {
  *to << request.method << " " << request.path << " " << ::testing::PrintToString(request.query) << " "
      << ::testing::PrintToString(request.headers) << " " << request.body;
}

/// An error whose status(), as ApiError and DecodeError have it, matches:
/// `HasError<ApiError>(StatusIs(409))`. (GoogleTest's `Throws<ApiError>(...)` makes the call a second time
/// when it explains a failure, which shows another error wherever calls have effects.)
MATCHER_P(StatusIs, status, "has a status that " + ::testing::DescribeMatcher<int>(status, negation)) {
  return ::testing::ExplainMatchResult(status, arg.status(), result_listener);
}
/// A ValidationError about the argument of this name.
MATCHER_P(FieldIs, field, "is about " + ::testing::DescribeMatcher<std::string>(field, negation)) {
  return ::testing::ExplainMatchResult(field, arg.field(), result_listener);
}
/// A ConfigError about the setting of this name.
MATCHER_P(SettingIs, setting, "is about " + ::testing::DescribeMatcher<std::string>(setting, negation)) {
  return ::testing::ExplainMatchResult(setting, arg.setting(), result_listener);
}
/// A TransportError of this kind.
MATCHER_P(KindIs, kind,
          "is of a kind that " + ::testing::DescribeMatcher<TransportErrorKind>(kind, negation)) {
  return ::testing::ExplainMatchResult(kind, arg.kind(), result_listener);
}
/// An error after so many attempts.
MATCHER_P(AttemptsAre, attempts,
          "was given up after a number of attempts that " +
              ::testing::DescribeMatcher<int>(attempts, negation)) {
  return ::testing::ExplainMatchResult(attempts, static_cast<int>(arg.attempts().size()), result_listener);
}
/// An error whose call may have been carried out all the same.
MATCHER(MayHaveBeenApplied, negation ? "cannot have been applied" : "may have been applied") {
  return arg.may_have_been_applied();
}

/// A Result with a value that matches: `EXPECT_THAT(attempt(...), HasValue(SizeIs(3)))`; of a call that
/// returns nothing, `HasValue(_)`.
MATCHER_P(HasValue, value, negation ? "is no such value" : "has a value that is as wanted") {
  if (!arg) {
    *result_listener << "the call failed";
    return false;
  }
  if constexpr (std::is_void_v<decltype(arg.value())>)
    return true;
  else
    return ::testing::ExplainMatchResult(value, arg.value(), result_listener);
}

/// What HasError() returns.
template <class E, class Inner>
class HasErrorMatcher {
 public:
  /// Of the error's own matcher.
  explicit HasErrorMatcher(Inner inner) : inner_(std::move(inner)) {}

  /// What GoogleTest asks.
  template <class T>
  bool MatchAndExplain(const Result<T>& result, ::testing::MatchResultListener* listener) const {
    if (result) return false;
    const auto* error = dynamic_cast<const E*>(&result.error());
    if (!error) {
      *listener << "which is of another class";
      return false;
    }
    return ::testing::SafeMatcherCast<const E&>(inner_).MatchAndExplain(*error, listener);
  }
  /// What GoogleTest prints.
  void DescribeTo(std::ostream* to) const {
    *to << "has an error of the wanted class that ";
    ::testing::SafeMatcherCast<const E&>(inner_).DescribeTo(to);
  }
  /// What GoogleTest prints.
  void DescribeNegationTo(std::ostream* to) const {
    *to << "has no error of the wanted class that ";
    ::testing::SafeMatcherCast<const E&>(inner_).DescribeTo(to);
  }

 private:
  Inner inner_;
};

/// A Result with an error of the class E, or one below it, that matches:
/// `EXPECT_THAT(attempt(...), HasError<ApiError>(StatusIs(409)))`.
template <class E, class Inner = std::decay_t<decltype(::testing::_)>>
auto HasError(Inner inner = {}) {
  return ::testing::MakePolymorphicMatcher(HasErrorMatcher<E, Inner>(std::move(inner)));
}

/// A request whose method and path match.
MATCHER_P2(RequestIs, method, path,
           "has a method that " + ::testing::DescribeMatcher<std::string>(method, negation) +
               (negation ? " or" : " and") + " a path that " +
               ::testing::DescribeMatcher<std::string>(path, negation)) {
  return ::testing::ExplainMatchResult(method, arg.method, result_listener) &&
         ::testing::ExplainMatchResult(path, arg.path, result_listener);
}
/// A request with a header of this name whose value matches; a header that is not there is empty.
MATCHER_P2(HeaderIs, name, value,
           std::string("has a header ") + name + " that " +
               ::testing::DescribeMatcher<std::string>(value, negation)) {
  return ::testing::ExplainMatchResult(value, arg.header(name), result_listener);
}
/// A request with a query parameter of this name whose value matches; one that is not there is empty.
MATCHER_P2(ParameterIs, name, value,
           std::string("has a query parameter ") + name + " that " +
               ::testing::DescribeMatcher<std::string>(value, negation)) {
  return ::testing::ExplainMatchResult(value, arg.parameter(name), result_listener);
}

/// A ScriptedTransport or a ReplayTransport, or a pointer to one, without problems: all that was expected
/// came, and nothing else.
MATCHER(IsFulfilled, negation ? "has problems" : "has no problems") {
  std::string problems;
  if constexpr (std::is_base_of_v<Transport, std::decay_t<decltype(arg)>>)
    problems = arg.problems();
  else
    problems = arg->problems();
  *result_listener << problems;
  return problems.empty();
}

}  // namespace testing
}  // namespace v0
}  // namespace operate
