// Your own code against an emulator of the API, in the same program and without a network.
#include <iostream>
#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

// The code to be tested: your own.
static std::size_t count_companies(const operate::Client& client) {
  return client.companies().list_all().to_vector().size();
}

int main() {
  operate::testing::Emulator emulator;
  const operate::Client client(emulator.config());
  emulator.answer_next({429, {{"Retry-After", "0"}}, "", {}});
  const bool survives_a_rate_limit = count_companies(client) == 73;
  std::cout << (survives_a_rate_limit ? "passed\n" : "failed\n");
  return survives_a_rate_limit ? 0 : 1;
}
