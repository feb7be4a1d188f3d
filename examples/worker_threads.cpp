// A service with several workers: one client for all of them, made once, before the threads.
#include <atomic>
#include <iostream>
#include <operate/operate.hpp>
#include <thread>
#include <vector>

int main() {
  operate::Config config = operate::Config::from_environment();
  config.max_connections = 4;  // Further calls wait for a free one.
  config.user_agent_suffix = "sign-up/1.0";
  const operate::Client client(config);

  const int sign_ups = 40;
  std::atomic<int> next{0}, created{0};
  const auto work = [&] {
    for (int number = next++; number < sign_ups; number = next++) {
      operate::NewPerson person;
      person.emails = {"user" + std::to_string(number) + "@example.com"};
      person.full_name = "User " + std::to_string(number);
      // A thread must not be left by an exception; attempt() makes a value of it.
      const auto result = operate::attempt([&] { return client.people().create(person); });
      if (result)
        ++created;
      else
        std::cerr << result.error().what() << '\n';
    }
  };

  std::vector<std::thread> workers;
  for (int i = 0; i < 8; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  std::cout << created << " of " << sign_ups << " people created\n";
  return created == sign_ups ? 0 : 1;
}
