#include <operate/testing/emulator.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

namespace {

using operate::testing::FaultKind;

const std::map<std::string, FaultKind>& kinds() {
  static const std::map<std::string, FaultKind> all = {
      {"drop", FaultKind::drop},
      {"stall", FaultKind::stall},
      {"reset", FaultKind::reset},
      {"reset_after_status_line", FaultKind::reset_after_status_line},
      {"half_body", FaultKind::half_body},
      {"stall_in_body", FaultKind::stall_in_body},
      {"slow_bytes", FaultKind::slow_bytes}};
  return all;
}

struct Trouble {
  int latency = 0;
  std::string fault = {};
  int faults = 1;
  bool not_carried_out = false;
  int limits = 0;
  int retry_after = 1;
};

void add_options(CLI::App& app, Trouble& trouble) {
  app.add_option("--latency", trouble.latency, "Hold each answer back by that many milliseconds")
      ->check(CLI::NonNegativeNumber);
  app.add_option(
         "--fault", trouble.fault,
         "Let the first requests fail: closed without a byte (drop), silence (stall), a TCP reset "
         "before or behind the status line (reset, reset_after_status_line), closed behind half of the "
         "body (half_body), silence behind half of it (stall_in_body), or the answer byte by byte "
         "(slow_bytes)")
      ->check(CLI::IsMember(kinds()));
  app.add_option("--fail", trouble.faults, "How many of them")
      ->check(CLI::PositiveNumber)
      ->needs("--fault")
      ->capture_default_str();
  app.add_flag("--not-carried-out", trouble.not_carried_out, "Do nothing of what they ask for")
      ->needs("--fault");
  app.add_option("--limit", trouble.limits, "Answer that many requests with 429, behind those that fail")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--retry-after", trouble.retry_after, "The seconds that these 429 tell the client to wait")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

void cause(const Trouble& trouble, operate::testing::Emulator& emulator) {
  emulator.set_latency(std::chrono::milliseconds(trouble.latency));
  if (!trouble.fault.empty())
    emulator.fail_next({kinds().at(trouble.fault), !trouble.not_carried_out}, trouble.faults);
  if (trouble.limits > 0) emulator.limit_next(trouble.limits, std::chrono::seconds(trouble.retry_after));
}

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
  Trouble trouble;
  add_options(app, trouble);
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
    operate::testing::Emulator emulator(options);
    cause(trouble, emulator);
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
