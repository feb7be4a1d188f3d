#pragma once

#include <operate/export.hpp>
#include <operate/observer.hpp>
#include <operate/version.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// What a log holds.
enum class LogLevel {
  info,   ///< How each call ended, each wait before a retry, what a callback threw, a key not read anew.
  debug,  ///< Also each call's beginning and each attempt, with its times.
};

/// Where lines go, each without its end. Called by one thread at a time; what it throws is dropped.
using LogSink = std::function<void(std::string_view line)>;

/// For Config::observer: a line of text for each event. An empty sink is standard error.
///
///     2026-11-25T08:15:19.123Z operate #12 GET /companies/list: 200 in 34 ms, attempts: 1
///
/// `#12` is Event::call. The lines hold no header, no query, no body and no key; a path that was given to
/// Client::call stands as it is.
OPERATE_EXPORT std::shared_ptr<Observer> log_lines(LogLevel level = LogLevel::info, LogSink sink = {});

/// For Config::observer: the same facts as one JSON object a line. Members: `time`, `event` (`call`, `wait`,
/// `attempt`, `result`, `callback`, `key`), `call`, `method`, `path`, `attempt`; where they mean something
/// `status`, `failure`, `wait_ms`, `reason`, `duration_ms`, `succeeded`, `error`, `message`, `traceparent`;
/// and of the attempt's Transfer `request_id`, `http_version`, `connection_reused`, `bytes_sent`,
/// `bytes_received`, `name_lookup_us`, `connect_us`, `tls_us`, `first_byte_us`, `total_us`. More members may
/// come.
OPERATE_EXPORT std::shared_ptr<Observer> log_json(LogLevel level = LogLevel::info, LogSink sink = {});

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
