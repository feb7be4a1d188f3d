// half_and_half URL CA_FILE [async]: fifty calls, a line on standard output, then, once a line came on
// standard input, fifty more. Every other call is a create. With `async`, each fifty are made at once.
#include <operate/operate.hpp>

#include <iostream>
#include <string>
#include <vector>

static void wait(const operate::Client& client, const operate::NewPerson& person) {
  for (int i = 0; i < 25; ++i) {
    client.call({"GET", "/x", {}, ""});
    client.people().create(person);
  }
}

static void make_at_once(const operate::Client& client, const operate::NewPerson& person) {
  std::vector<operate::Async<operate::Response>> calls;
  std::vector<operate::Async<operate::Person>> creates;
  for (int i = 0; i < 25; ++i) {
    calls.push_back(client.call_async({"GET", "/x", {}, ""}));
    creates.push_back(client.people().create_async(person));
  }
  for (auto& call : calls) call.get();
  for (auto& create : creates) create.get();
}

int main(int count, char** arguments) {
  if (count < 3) return 2;
  operate::Config config;
  config.api_key = "sk_test";
  config.base_url = arguments[1];
  config.ca_file = arguments[2];
  config.retry.max_retries = 20;  // While the server is down, connections are refused.
  config.retry.budget = 1'000;
  const operate::Client client(config);
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  const auto half = count > 3 ? make_at_once : wait;
  try {
    half(client, person);
    std::cout << "half" << std::endl;
    std::string line;
    std::getline(std::cin, line);
    half(client, person);
  } catch (const operate::Error& error) {
    std::cout << error.what() << '\n' << error.report() << '\n';
    return 1;
  }
  std::cout << "all" << std::endl;
}
