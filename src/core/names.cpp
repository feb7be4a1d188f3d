#include "core/names.hpp"

#include <operate/version.hpp>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

const char* to_string(TransportErrorKind kind) noexcept {
  switch (kind) {
    case TransportErrorKind::resolve:
      return "resolve";
    case TransportErrorKind::connect:
      return "connect";
    case TransportErrorKind::tls:
      return "tls";
    case TransportErrorKind::send:
      return "send";
    case TransportErrorKind::receive:
      return "receive";
    case TransportErrorKind::too_large:
      return "too_large";
    case TransportErrorKind::redirect:
      return "redirect";
    case TransportErrorKind::proxy:
      return "proxy";
    case TransportErrorKind::timeout:
      return "timeout";
    case TransportErrorKind::queue_full:
      return "queue_full";
    case TransportErrorKind::cancelled:
      return "cancelled";
  }
  return "";
}

const char* to_string(TimeLimit limit) noexcept {
  switch (limit) {
    case TimeLimit::connect:
      return "connect";
    case TimeLimit::stall:
      return "stall";
    case TimeLimit::attempt:
      return "attempt";
    case TimeLimit::deadline:
      return "deadline";
    case TimeLimit::pool:
      return "pool";
    case TimeLimit::api_key:
      return "api_key";
    case TimeLimit::queue:
      return "queue";
    case TimeLimit::rate_limit:
      return "rate_limit";
  }
  return "";
}

}  // namespace OPERATE_ABI_NAMESPACE

namespace core {

#define OPERATE_TEXT_OF(number) #number
#define OPERATE_VERSION_TEXT(major, minor, patch) \
  OPERATE_TEXT_OF(major) "." OPERATE_TEXT_OF(minor) "." OPERATE_TEXT_OF(patch)
const char* const sdk_name = "operate-cpp";
const char* const sdk_version =
    OPERATE_VERSION_TEXT(OPERATE_VERSION_MAJOR, OPERATE_VERSION_MINOR, OPERATE_VERSION_PATCH);
#undef OPERATE_VERSION_TEXT
#undef OPERATE_TEXT_OF

// Derived classes stand before their bases.
const char* name_of(const Error& error) {
#define OPERATE_NAME(Class) \
  if (dynamic_cast<const Class*>(&error)) return #Class;
  OPERATE_NAME(MissingApiKeyError)
  OPERATE_NAME(InvalidApiKeyError)
  OPERATE_NAME(PermissionDeniedError)
  OPERATE_NAME(AuthenticationError)
  OPERATE_NAME(BadRequestError)
  OPERATE_NAME(NotFoundError)
  OPERATE_NAME(ConflictError)
  OPERATE_NAME(RateLimitError)
  OPERATE_NAME(ServerError)
  OPERATE_NAME(ApiError)
  OPERATE_NAME(DecodeError)
  OPERATE_NAME(TimeoutError)
  OPERATE_NAME(TransportError)
  OPERATE_NAME(CancelledError)
  OPERATE_NAME(ValidationError)
  OPERATE_NAME(ConfigError)
#undef OPERATE_NAME
  return "Error";
}

}  // namespace core
}  // namespace operate
