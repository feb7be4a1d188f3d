#include <operate/testing/manual_clock.hpp>

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <set>
#include <stdexcept>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

using std::chrono::milliseconds;

class ManualClock::Impl {
 public:
  explicit Impl(Sleepers sleepers) : sleepers_(sleepers) {}

  time_point now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  void sleep_until(time_point time, const CancellationToken& cancel) {
    std::unique_lock lock(mutex_);
    // A time long ago is further away than a duration can say.
    sleeps_.push_back(time > now_ ? std::chrono::duration_cast<milliseconds>(time - now_) : milliseconds(0));
    if (sleepers_ == Sleepers::move_the_clock) {
      if (!cancel.is_cancelled()) now_ = std::max(now_, time);
      return;
    }
    const auto self = asleep_.insert(time);
    changed_.notify_all();
    while (now_ < time && !cancel.is_cancelled()) changed_.wait_for(lock, milliseconds(1));
    asleep_.erase(self);
  }

  void advance(milliseconds by) {
    const std::lock_guard lock(mutex_);
    if (by > std::chrono::duration_cast<milliseconds>(time_point::max() - now_))
      throw std::invalid_argument("operate::testing::ManualClock: that is more than a clock can show");
    now_ += by;
    changed_.notify_all();
  }

  std::vector<milliseconds> sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

  void wait_for_sleepers(int count) const {
    std::unique_lock lock(mutex_);
    // Not those whose time has come, who have only not noticed yet.
    changed_.wait(lock, [&] { return std::distance(asleep_.upper_bound(now_), asleep_.end()) >= count; });
  }

 private:
  const Sleepers sleepers_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  time_point now_{};
  std::vector<milliseconds> sleeps_;
  std::multiset<time_point> asleep_;  // Until when.
};

ManualClock::ManualClock(Sleepers sleepers) : impl_(std::make_unique<Impl>(sleepers)) {}
ManualClock::~ManualClock() = default;
ManualClock::time_point ManualClock::now() { return impl_->now(); }
void ManualClock::sleep_until(time_point time, const CancellationToken& cancel) {
  impl_->sleep_until(time, cancel);
}
void ManualClock::advance(milliseconds by) {
  if (by.count() < 0) throw std::invalid_argument("operate::testing::ManualClock: no clock goes back");
  impl_->advance(by);
}
std::vector<milliseconds> ManualClock::sleeps() const { return impl_->sleeps(); }
void ManualClock::wait_for_sleepers(int count) const { impl_->wait_for_sleepers(count); }

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
