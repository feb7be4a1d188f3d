#include <operate/testing/emulator.hpp>

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file || text.empty()) throw std::runtime_error(path + " cannot be read, or is empty");
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Answers as Operate's documentation says, on a port of this machine, until it is interrupted.");
  operate::testing::EmulatorOptions options;
  app.add_option("--port", options.port, "The port; 0 for a free one")->capture_default_str();
  app.add_option("--companies", options.companies, "How many companies there are")
      ->check(CLI::Range(0, 10'000'000))
      ->capture_default_str();
  app.add_flag("--tls", options.tls, "Serve https, with a certificate made now");
  std::string state_file, save_file;
  app.add_option("--state", state_file, "Begin with the companies and people of this JSON file")
      ->check(CLI::ExistingFile)
      ->excludes("--companies");
  app.add_option("--save", save_file, "Write the companies and people to this JSON file at the end");
  CLI11_PARSE(app, argc, argv);

  // Blocked before the server's threads begin, so that they inherit it and sigwait below gets the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  try {
    if (!state_file.empty()) options.state = operate::JsonText(read(state_file));
    const operate::testing::Emulator emulator(options);
    std::cout << "export OPERATE_BASE_URL=" << emulator.base_url() << '\n'
              << "export OPERATE_API_KEY=" << emulator.api_key() << '\n'
              << "# This key gets 401: " << emulator.expired_api_key() << '\n'
              << "# This key gets 403: " << emulator.forbidden_api_key() << '\n';
    if (options.tls) std::cout << "export OPERATE_CA_FILE=" << emulator.ca_file() << '\n';
    std::cout << std::flush;
    int signal = 0;
    sigwait(&signals, &signal);
    if (save_file.empty()) return 0;
    std::ofstream file(save_file);
    file << emulator.state().text() << std::flush;
    if (file) return 0;
    std::cerr << "cannot write " << save_file << '\n';
    return 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
