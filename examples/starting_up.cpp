// What a service asks before it takes work: does the key work, and if not, why.
#include <iostream>
#include <operate/operate.hpp>

int main(int count, char**) {
  try {
    const auto client = operate::Client::from_environment();
    operate::RequestOptions quick;
    quick.deadline = std::chrono::seconds(5);
    const operate::Transfer transfer = client.check(quick);
    std::cout << "ready after " << transfer.total.count() / 1000 << " ms\n";

    // For whoever wants to see a call with their own eyes.
    if (count > 1) std::cout << client.explain({"GET", "/companies/list", {{"limit", "1"}}, ""}) << '\n';
  } catch (const operate::ConfigError& error) {
    std::cerr << "mend " << error.setting() << ": " << error.what() << '\n';
    return 1;
  } catch (const operate::Error& error) {
    std::cerr << error.what() << '\n' << error.report() << '\n';
    return 1;
  }
}
