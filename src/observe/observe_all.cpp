#include <operate/observer.hpp>

#include "core/event_message.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

namespace {

class AllObservers : public Observer {
 public:
  explicit AllObservers(std::vector<std::shared_ptr<Observer>> observers) {
    for (auto& observer : observers) {
      if (!observer) continue;
      const EventDetail detail = observer->detail();
      most_ = std::max(most_, detail);
      any_for_headers_ = any_for_headers_ || detail == EventDetail::headers;
      observers_.push_back({std::move(observer), detail});
    }
  }

  void on(const Event& event) override {
    Event facts = event, headers = event;
    facts.message = nullptr;
    std::optional<EventMessage> trimmed;
    if (event.message && any_for_headers_)
      headers.message = &trimmed.emplace(core::headers_only(*event.message));
    for (const auto& [observer, detail] : observers_) {
      try {
        observer->on(detail == EventDetail::facts ? facts : detail == EventDetail::headers ? headers : event);
      } catch (...) {  // NOLINT(bugprone-empty-catch): the others hear of it all the same.
      }
    }
  }

  EventDetail detail() const override { return most_; }

  TraceContext trace_context(const Event& attempt) override {
    for (const auto& one : observers_) {
      try {
        TraceContext context = one.observer->trace_context(attempt);
        if (!context.traceparent.empty()) return context;
      } catch (...) {  // NOLINT(bugprone-empty-catch): the next one is asked.
      }
    }
    return {};
  }

 private:
  struct One {
    std::shared_ptr<Observer> observer;
    EventDetail detail;
  };
  std::vector<One> observers_;
  EventDetail most_ = EventDetail::facts;
  bool any_for_headers_ = false;
};

}  // namespace

std::shared_ptr<Observer> observe_all(std::vector<std::shared_ptr<Observer>> observers) {
  return std::make_shared<AllObservers>(std::move(observers));
}

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
