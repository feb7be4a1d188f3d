// A key from where companies keep keys, which may be rotated while the service runs.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <operate/operate.hpp>
#include <string>
#include <vector>

// What your own secrets manager's library would do.
std::string my_vault() {
  const char* key = std::getenv("MY_VAULT");
  return key ? key : "";
}

operate::ApiKeySource source_of(const std::vector<std::string>& words) {
  const std::string kind = words.empty() ? "callback" : words[0];
  // As Docker, Kubernetes and systemd hand over secrets; read again when it changes.
  if (kind == "file") return operate::ApiKeySource::file(words.at(1));
  // Any program that prints the key: {"op", "read", "op://vault/operate/key"}. There is no shell.
  if (kind == "command") return operate::ApiKeySource::command({words.begin() + 1, words.end()});
  return operate::ApiKeySource::callback([] { return my_vault(); });
}

int main(int argc, char** argv) {
  try {
    auto config = operate::Config::from_environment();
    config.api_key = source_of({argv + 1, argv + argc});
    const operate::Client client(config);
    const auto total = client.companies().list().pagination().total;
    std::cout << "the key works: " << total << " companies\n";
  } catch (const operate::ConfigError& error) {
    std::cerr << error.what() << '\n';  // Which source failed, why, and how to mend it.
    return 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
