#include <operate/operate.hpp>

#include "support/listing.hpp"
#include "support/raw_server.hpp"

#include <iostream>

namespace {

// Destroyed in the opposite order, and after everything that the first call made.
const operate::test::RawServer server([](operate::test::Connection& connection, int) {
  while (connection.read_request()) connection.answer(200, operate::test::companies_page(50, 50, 0, 50));
});
const operate::Client client(server.config());

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

int main() { return client.companies().list().size() == 50 ? 0 : 1; }
