#include <operate/operate.hpp>

#include <iostream>

// The smallest program that needs the library's code.
int main() {
  try {
    const operate::Client client{operate::Config()};
  } catch (const operate::ConfigError& error) {
    std::cout << "operate: " << error.what() << '\n';
    return 0;
  }
  return 1;
}
