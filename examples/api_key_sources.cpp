// A key from where companies keep keys, which may be rotated while the service runs.
#include <cstdlib>
#include <iostream>
#include <operate/operate.hpp>
#include <string>
#include <vector>

// What your own secrets manager's library would do.
std::string my_vault() {
  const char* key = std::getenv("MY_VAULT");
  return key ? key : "";
}

int main(int argc, char** argv) {
  auto config = operate::Config::from_environment();
  const std::string kind = argc > 1 ? argv[1] : "callback";
  if (kind == "file") {
    // As Docker, Kubernetes and systemd hand over secrets; read again when it changes.
    config.api_key = operate::ApiKeySource::file(argc > 2 ? argv[2] : "/run/secrets/operate_api_key");
  } else if (kind == "command") {
    // Any program that prints the key: {"op", "read", "op://vault/operate/key"}. There is no shell.
    config.api_key = operate::ApiKeySource::command(std::vector<std::string>(argv + 2, argv + argc));
  } else {
    config.api_key = operate::ApiKeySource::callback([] { return my_vault(); });
  }
  try {
    const operate::Client client(config);
    const auto total = client.companies().list().pagination().total;
    std::cout << "the key works: " << total << " companies\n";
  } catch (const operate::ConfigError& error) {
    std::cerr << error.what() << '\n';  // Which source failed, why, and how to mend it.
    return 1;
  } catch (const operate::Error& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
