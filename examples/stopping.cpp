// A service that looks at the companies once a minute, and on SIGTERM or Ctrl-C ends at once, whatever it
// waits for.
#include <csignal>
#include <iostream>
#include <operate/operate.hpp>
#include <thread>

int main() {
  // Nothing of a CancellationSource may be called in a signal handler; a thread that waits for signals may do
  // anything.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // Before any thread is begun, so that it holds for all.
  const operate::CancellationSource stop;
  std::thread([signals, stop] {
    int signal = 0;
    sigwait(&signals, &signal);
    stop.cancel();
  }).detach();

  try {
    const auto client = operate::Client::from_environment();
    operate::RequestOptions options;
    options.cancel = stop.token();
    do {
      const auto companies = client.companies().list_all({}, options).to_vector();
      std::cout << companies.size() << " companies" << std::endl;
    } while (!options.cancel.wait_until(std::chrono::steady_clock::now() + std::chrono::minutes(1)));
  } catch (const operate::CancelledError&) {
    // Stopped in the middle of a call.
  } catch (const operate::Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cout << "stopped\n";
}
