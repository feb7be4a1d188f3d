#include <operate/testing/emulator.hpp>

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  CLI::App app(
      "Answers as Operate's documentation says, on a port of this machine, until it is interrupted.");
  operate::testing::EmulatorOptions options;
  app.add_option("--port", options.port, "The port; 0 for a free one")->capture_default_str();
  app.add_option("--companies", options.companies, "How many companies there are")
      ->check(CLI::Range(0, 10'000'000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  // Blocked before the server's threads begin, so that they inherit it and sigwait below gets the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  try {
    const operate::testing::Emulator emulator(options);
    std::cout << "export OPERATE_BASE_URL=" << emulator.base_url() << '\n'
              << "export OPERATE_API_KEY=" << emulator.api_key() << '\n'
              << "# This key gets 401: " << emulator.expired_api_key() << '\n'
              << "# This key gets 403: " << emulator.forbidden_api_key() << std::endl;
    int signal = 0;
    sigwait(&signals, &signal);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
