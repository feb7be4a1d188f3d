// Results on the thread of an Asio event loop, where the rest of the service lives: no lock is needed.
#include <asio.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <operate/operate.hpp>
#include <utility>

class OnIoContext : public operate::Executor {
 public:
  explicit OnIoContext(asio::io_context& context) : context_(context) {}
  void execute(std::function<void()> task) override { asio::post(context_, std::move(task)); }

 private:
  asio::io_context& context_;
};

int main() {
  asio::io_context context;
  auto config = operate::Config::from_environment();
  config.executor = std::make_shared<OnIoContext>(context);
  const operate::Client client(config);

  // The loop ends when the last result is there.
  auto work = asio::make_work_guard(context);
  int left = 2;
  const auto show = [&](operate::Result<operate::Page<operate::Company>> page) {
    if (page)
      std::cout << page.value().size() << " companies\n";
    else
      std::cerr << page.error().what() << '\n';
    if (--left == 0) work.reset();
  };
  client.companies().list_async({10, 0}).then(show);
  client.companies().list_async({10, 10}).then(show);
  context.run();
  return left;
}
