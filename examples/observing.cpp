// What a service hears of its calls: a log of the SDK's own, a count of its own of the time that calls take,
// and, in the file that an argument names, what a browser's network panel shows.
#include <atomic>
#include <exception>
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

int main(int argc, char** argv) {
  try {
    const auto watch = std::make_shared<Watch>();
    operate::Config config = operate::Config::from_environment();
    const auto recorder = std::make_shared<operate::HarRecorder>();
    config.observer = operate::observe_all({config.observer, watch, recorder, operate::log_json()});
    const operate::Client client(config);

    const auto page = client.companies().list();
    std::cout << page.size() << " companies, the first byte after "
              << page.transfer().first_byte.count() / 1000 << " ms\n";
    if (const auto nothing = operate::attempt([&] {
          return client.call({"GET", "/nothing", {}, ""});
        });
        !nothing)
      std::cout << watch->failed << " of " << watch->calls << " calls failed\n";
    if (argc > 1) recorder->save(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
