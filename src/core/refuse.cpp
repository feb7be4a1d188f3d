#include "core/refuse.hpp"

#include "core/error_details.hpp"
#include "core/on_one_line.hpp"

#include <memory>
#include <utility>

namespace operate::core {

void refuse_argument(std::string field, const std::string& message) {
  detail::ErrorDetails details;
  details.what = field + " " + message;
  details.subject = std::move(field);
  throw ValidationError(std::make_shared<const detail::ErrorDetails>(std::move(details)));
}

ConfigError setting_error(std::string setting, std::string message, bool retryable) {
  detail::ErrorDetails details;
  details.what = on_one_line(std::move(message));
  details.subject = std::move(setting);
  details.retryable = retryable;
  return ConfigError(std::make_shared<const detail::ErrorDetails>(std::move(details)));
}

void refuse_setting(std::string setting, std::string message, bool retryable) {
  throw setting_error(std::move(setting), std::move(message), retryable);
}

}  // namespace operate::core
