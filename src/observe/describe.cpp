#include "observe/describe.hpp"

#include "core/error_details.hpp"

#include <array>
#include <cstdio>

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
  }
  return "";
}

const char* name_of(WaitReason reason) { return reason == WaitReason::retry ? "retry" : "rate_limit"; }

std::string outcome_of(const Event& event) {
  if (event.failure) return to_string(*event.failure);
  return event.status == 0 ? "" : std::to_string(event.status);
}

std::string utc(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  std::array<char, 64> text = {};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

std::string_view request_id_of(const Event& event) {
  if (!event.transfer || !detail::is_word(event.transfer->request_id)) return {};
  return event.transfer->request_id;
}

}  // namespace operate::observe
