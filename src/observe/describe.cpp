#include "observe/describe.hpp"

#include "core/error_details.hpp"

namespace operate::observe {

const char* name_of(EventKind kind) {
  switch (kind) {
    case EventKind::call:
      return "call";
    case EventKind::wait:
      return "wait";
    case EventKind::attempt:
      return "attempt";
    case EventKind::result:
      return "result";
    case EventKind::callback:
      return "callback";
    case EventKind::key:
      return "key";
  }
  return "";
}

const char* name_of(WaitReason reason) { return reason == WaitReason::retry ? "retry" : "rate_limit"; }

std::string outcome_of(const Event& event) {
  if (event.failure) return to_string(*event.failure);
  return event.status == 0 ? "" : std::to_string(event.status);
}

std::string_view request_id_of(const Event& event) {
  if (!event.transfer || !detail::is_word(event.transfer->request_id)) return {};
  return event.transfer->request_id;
}

}  // namespace operate::observe
