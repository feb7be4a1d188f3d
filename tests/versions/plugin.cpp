// A library of a host program. It uses the version of the SDK that it was compiled and linked with.
#include <operate/operate.hpp>

#include <exception>
#include <memory>
#include <string>

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {

std::unique_ptr<operate::Client> client;
std::string problems;

operate::Config config(const char* base_url) {
  operate::Config config;
  config.api_key = "example-key";
  config.base_url = base_url;
  config.retry.max_retries = 0;
  return config;
}

// Notes a problem unless `function` throws an Expected that tells of that many attempts.
template <class Expected, class Function>
void expect_error(const char* what, std::size_t attempts, Function function) {
  try {
    function();
    problems += std::string(what) + ": no exception\n";
  } catch (const Expected& error) {
    if (error.attempts().size() != attempts) problems += std::string(what) + ": other attempts\n";
  } catch (const std::exception& error) {
    problems += std::string(what) + ": an exception of another class: " + error.what() + "\n";
  }
}

}  // namespace

EXPORTED void open_client(const char* base_url) {
  client = std::make_unique<operate::Client>(config(base_url));
}

// Returns what is wrong with the errors of a client whose server cannot be reached.
EXPORTED const char* use_client() {
  problems.clear();
  expect_error<operate::ConfigError>("an invalid base URL", 0, [] { operate::Client(config("ftp://host")); });
  expect_error<operate::ValidationError>("an invalid limit", 0, [] {
    operate::ListOptions options;
    options.limit = 0;
    client->companies().list(options);
  });
  expect_error<operate::TransportError>("a call", 1, [] { client->companies().list(); });
  expect_error<operate::TransportError>("an async call", 1, [] { client->companies().list_async().get(); });
  expect_error<operate::TransportError>("a list", 1, [] { client->companies().list_all().to_vector(); });
  return problems.c_str();
}

EXPORTED void close_client() { client.reset(); }
