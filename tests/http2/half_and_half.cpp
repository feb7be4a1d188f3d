// half_and_half URL CA_FILE: fifty calls, a line on standard output, then, once a line came on standard
// input, fifty more. Every other call is a create.
#include <operate/operate.hpp>

#include <iostream>
#include <string>

int main(int count, char** arguments) {
  if (count != 3) return 2;
  operate::Config config;
  config.api_key = "sk_test";
  config.base_url = arguments[1];
  config.ca_file = arguments[2];
  config.retry.max_retries = 20;  // While the server is down, connections are refused.
  const operate::Client client(config);
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  try {
    for (int i = 0; i < 100; ++i) {
      if (i == 50) {
        std::cout << "half" << std::endl;
        std::string line;
        std::getline(std::cin, line);
      }
      if (i % 2 == 0)
        client.call({"GET", "/x", {}, ""});
      else
        client.people().create(person);
    }
  } catch (const operate::Error& error) {
    std::cout << error.what() << '\n' << error.report() << '\n';
    return 1;
  }
  std::cout << "all" << std::endl;
}
