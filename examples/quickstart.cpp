#include <iostream>
#include <operate/operate.hpp>

int main() {
  const auto client = operate::Client::from_environment();  // OPERATE_API_KEY
  for (const operate::Company& company : client.companies().list_all()) {
    std::cout << company.name << '\n';
  }
}
