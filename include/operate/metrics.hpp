#pragma once

#include <operate/export.hpp>
#include <operate/observer.hpp>
#include <operate/version.hpp>

#include <memory>
#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// For Config::observer: counts calls, attempts, errors by kind, waits and bytes, and measures how long calls
/// take. One may serve any number of clients.
///
///     auto metrics = std::make_shared<operate::Metrics>();
///     config.observer = metrics;
///     // In the handler of GET /metrics:
///     answer.body = metrics->text();
///
/// Thread safety: any number of threads at once. In the child of a fork it begins anew.
class OPERATE_EXPORT Metrics : public Observer {
 public:
  /// Paths other than those of the SDK's own calls are counted together, as `other`: they may hold ids, of
  /// which there is no end, or names. `paths` are those of your own that are to be told apart.
  explicit Metrics(std::vector<std::string> paths = {});
  ~Metrics() override;

  void on(const Event& event) override;

  /// All of it in the Prometheus text format, version 0.0.4, whose content type is
  /// `text/plain; version=0.0.4; charset=utf-8`:
  ///
  /// - `operate_calls_total{method,path,result}`; the result is `ok`, the error's class, or
  ///   `exception` for any other
  /// - `operate_call_duration_seconds{method,path}`, a histogram: whole calls, retries and waits included
  /// - `operate_calls_in_flight`
  /// - `operate_attempts_total{method,path,outcome}`; the outcome is the status, or what failed (`connect`)
  /// - `operate_waits_total{reason}`, `operate_wait_seconds_total{reason}`; `retry` or `rate_limit`
  /// - `operate_callback_exceptions_total`: what results of async calls were given to, by Async::then, has
  ///   thrown
  /// - `operate_key_failures_total`: the API key could not be read anew, and calls went on with the one that
  ///   there was; counted every 30 seconds while that lasts and there are calls
  /// - `operate_connections_total`, those that were made
  /// - `operate_sent_bytes_total`, `operate_received_bytes_total`; bodies, as they went over the wire
  std::string text() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
