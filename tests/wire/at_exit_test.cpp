#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include <iostream>

namespace {

// Destroyed in the opposite order, and after everything that the first call made.
const operate::testing::Emulator emulator;
const operate::Client client(emulator.config());

struct Reporter {
  ~Reporter() {
    try {
      std::cout << client.companies().list().size() << " companies at exit" << std::endl;
    } catch (const std::exception& error) {
      std::cout << error.what() << std::endl;
    }
  }
} reporter;

}  // namespace

int main() { return client.companies().list({1, 0}).size() == 1 ? 0 : 1; }
