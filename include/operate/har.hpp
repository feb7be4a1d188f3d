#pragma once

#include <operate/export.hpp>
#include <operate/observer.hpp>
#include <operate/version.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// What a HarRecorder keeps.
struct HarOptions {
  /// `bodies` writes down personal data: bodies and query values. `facts` is treated as `headers`.
  EventDetail detail = EventDetail::headers;
  /// Of more attempts than these the oldest go. They are kept in memory, bodies whole.
  std::size_t max_entries = 1000;
};

/// For Config::observer: keeps each attempt of each call as an entry of an HTTP Archive, which the network
/// panel of a browser opens. One may serve any number of clients.
///
///     auto recorder = std::make_shared<operate::HarRecorder>();
///     config.observer = recorder;
///     // After the calls:
///     recorder->save("calls.har");
///
/// Thread safety: any number of threads at once. In the child of a fork it begins anew.
class OPERATE_EXPORT HarRecorder : public Observer {
 public:
  /// Keeps nothing yet.
  explicit HarRecorder(HarOptions options = {});
  ~HarRecorder() override;

  void on(const Event& event) override;
  /// HarOptions::detail, at least `headers`.
  EventDetail detail() const override;

  /// The entries so far, in the order in which they ended, as an HTTP Archive 1.2 in JSON. What EventMessage
  /// says of values that are `[removed]` holds here, too; the key appears nowhere. Times are milliseconds and
  /// leave out the wait before an attempt.
  ///
  /// An attempt without a whole answer has the failure's name as its response's `_error`, and the status 0,
  /// also where its beginning had come. Time in which it had no connection yet, and got none, is `blocked`.
  /// The size of headers, and of a packed body that is not shown, is -1; a body that is no UTF-8 stands in
  /// base64, which a request's says with an `_encoding`. Over a Transport of your own, times and sizes are
  /// what its Transfer says. Each entry also has Event::call as
  /// `_call`, Event::attempt as `_attempt`, and the answer's request id, if any, as `_requestId`.
  std::string text() const;

  /// Writes text() to a file that its owner alone may read, and replaces whatever has that name once all of
  /// it is written; where that fails, the old file stays as it was. Throws std::system_error, whose message
  /// has the path and the reason.
  void save(const std::string& path) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
