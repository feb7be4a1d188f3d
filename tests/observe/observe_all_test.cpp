#include <operate/observer.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>

namespace {

using operate::Event;

class Curious : public operate::Observer {
 public:
  explicit Curious(operate::EventDetail detail) : detail_(detail) {}
  void on(const Event& event) override {
    ++events;
    shown = event.message ? std::optional(*event.message) : std::nullopt;
    throw std::runtime_error("no");
  }
  operate::EventDetail detail() const override { return detail_; }
  int events = 0;
  std::optional<operate::EventMessage> shown;

 private:
  operate::EventDetail detail_;
};

TEST(ObserveAllTest, EachIsShownWhatItAsksFor) {
  const auto modest = std::make_shared<Curious>(operate::EventDetail::facts);
  const auto between = std::make_shared<Curious>(operate::EventDetail::headers);
  const auto curious = std::make_shared<Curious>(operate::EventDetail::bodies);
  const auto all = operate::observe_all({nullptr, curious, between, modest});
  EXPECT_EQ(all->detail(), operate::EventDetail::bodies);
  EXPECT_EQ(operate::observe_all({})->detail(), operate::EventDetail::facts);
  operate::EventMessage message;
  message.url = "https://api.example/x";
  message.query = {{"q", "private"}};
  message.response_body = "private";
  Event event;
  event.message = &message;
  EXPECT_NO_THROW(all->on(event));
  for (const auto& one : {modest, between, curious}) EXPECT_EQ(one->events, 1);
  EXPECT_FALSE(modest->shown);
  ASSERT_TRUE(between->shown);
  EXPECT_EQ(between->shown->url, message.url);
  EXPECT_EQ(between->shown->query.at(0).value, "[removed]");
  EXPECT_EQ(between->shown->response_body, "");
  ASSERT_TRUE(curious->shown);
  EXPECT_EQ(curious->shown->query.at(0).value, "private");
  EXPECT_EQ(curious->shown->response_body, "private");
}

// An observer of a user's own may pass on events with more than was asked for.
TEST(ObserveAllTest, NoMoreIsShownWhereMoreComes) {
  const auto between = std::make_shared<Curious>(operate::EventDetail::headers);
  operate::EventMessage message;
  message.query = {{"q", "private"}};
  message.response_body = "private";
  Event event;
  event.message = &message;
  operate::observe_all({between})->on(event);
  ASSERT_TRUE(between->shown);
  EXPECT_EQ(between->shown->query.at(0).value, "[removed]");
  EXPECT_EQ(between->shown->response_body, "");
}

}  // namespace
