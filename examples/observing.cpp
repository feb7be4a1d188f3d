// What a service hears of its calls: a log of the SDK's own, and a count of its own of the time that calls
// take.
#include <atomic>
#include <iostream>
#include <memory>
#include <operate/operate.hpp>

// Called by every thread that makes a call, so it counts without a lock.
class Watch : public operate::Observer {
 public:
  void on(const operate::Event& event) override {
    if (event.kind != operate::EventKind::result) return;
    ++calls;
    if (!event.succeeded) ++failed;
    milliseconds += event.duration.count();
  }
  std::atomic<std::int64_t> calls{0}, failed{0}, milliseconds{0};
};

int main() {
  try {
    const auto watch = std::make_shared<Watch>();
    operate::Config config = operate::Config::from_environment();
    config.observer = operate::observe_all({watch, operate::log_json()});
    const operate::Client client(config);

    const auto page = client.companies().list();
    std::cout << page.size() << " companies, the first byte after "
              << page.transfer().first_byte.count() / 1000 << " ms\n";
    if (const auto nothing = operate::attempt([&] {
          return client.call({"GET", "/nothing", {}, ""});
        });
        !nothing)
      std::cout << watch->failed << " of " << watch->calls << " calls failed\n";
  } catch (const operate::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
