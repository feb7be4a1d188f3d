// Looks into every piece of memory that C++ code of this program frees, for the key: the library's own copies
// must be wiped before. (libcurl's and the TLS library's memory comes from malloc, and is not theirs to
// promise nor ours.)
#include <operate/operate.hpp>

#include "managers/stand_in.hpp"
#include "support/temporary_folder.hpp"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <new>
#include <string>
#include <string_view>

namespace {

constexpr char key[] = "sk_live_WIPEMExQ7zKEYwV9pLmN3";
constexpr const char* token = operate::test::ManagerStandIn::doppler_token;
constexpr std::size_t part = 12;
std::atomic<int> found{0};

void look(void* memory) noexcept {
  if (!memory) return;
  const std::size_t size = malloc_usable_size(memory);
  for (const std::string_view secret : {std::string_view(key), std::string_view(token)})
    for (std::size_t from = 0; from + part <= secret.size(); ++from)
      if (memmem(memory, size, secret.data() + from, part)) {
        ++found;
        return;
      }
}

}  // namespace

void* operator new(std::size_t size) {
  void* volatile memory = std::malloc(size ? size : 1);  // Volatile: _FORTIFY_SOURCE knows no size then.
  if (!memory) throw std::bad_alloc();
  std::memset(memory, 0, malloc_usable_size(memory));  // What libcurl left in it is not looked for.
  return memory;
}
void operator delete(void* memory) noexcept {
  look(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace {

int failures = 0;

void expect(const char* what, bool clean) {
  const int copies = found.exchange(0);
  const bool good = (copies == 0) == clean;
  std::cout << (good ? "ok: " : "FAILED: ") << what << ": " << copies << std::endl;
  if (!good) ++failures;
}

// Makes a client and a call, so that the key goes all the way into libcurl. Nobody listens on port 1 of the
// loopback.
void use(operate::ApiKeySource source, bool gives_key = true) {
  operate::Config config;
  config.api_key = std::move(source);
  config.base_url = "http://127.0.0.1:1";
  config.retry.max_retries = 1;
  config.retry.initial_delay = config.retry.max_delay = std::chrono::milliseconds(1);
  operate::RequestOptions options;
  options.headers = {{"x-long", std::string(2'000, 'x')}};
  const operate::Client client(config);
  for (const auto& call :
       {std::function<void()>([&] { client.companies().list({}, options); }), std::function<void()>([&] {
          client.call({"POST", "/x", {}, "{}"});
        })}) {
    try {
      call();
    } catch (const operate::TransportError&) {
      if (gives_key) continue;
    } catch (const operate::ConfigError& error) {
      if (!gives_key) continue;
      std::cout << error.what() << std::endl;
    }
    std::cout << "FAILED: the source " << (gives_key ? "gave no key" : "gave a key") << std::endl;
    ++failures;
  }
}

}  // namespace

// A manager in a process of its own, whose memory is not looked into.
class Manager {
 public:
  Manager() {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      // So that the answers come in pieces, and the client has to make room for more.
      const operate::test::ManagerStandIn manager(key, /*padding=*/100'000);
      const std::string url = manager.url();
      if (write(ends[1], url.data(), url.size()) < 0) std::abort();
      close(ends[1]);
      for (;;) pause();
    }
    close(ends[1]);
    char buffer[100];
    for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;)
      url.append(buffer, static_cast<std::size_t>(size));
    close(ends[0]);
  }
  ~Manager() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  std::string url;

 private:
  pid_t process_ = -1;
};

int main() {
  const Manager manager;
  { std::string copy(key); }
  expect("the search finds a copy that nobody wiped", /*clean=*/false);

  use(key);
  expect("a literal", true);
  use(std::string_view(key));
  expect("a string_view", true);
  use(std::string(key));
  expect("a string that was handed over", true);

  setenv("OPERATE_API_KEY", key, 1);
  use({});
  expect("the environment", true);
  unsetenv("OPERATE_API_KEY");

  const operate::test::TemporaryFolder folder;
  char* text = new char[sizeof key + 1];
  std::memcpy(text, key, sizeof key - 1);
  std::memcpy(text + sizeof key - 1, "\n", 2);
  const std::string path = folder.path("key");
  if (std::FILE* file = std::fopen(path.c_str(), "w")) {
    std::setvbuf(file, nullptr, _IONBF, 0);
    std::fputs(text, file);
    std::fclose(file);
    std::filesystem::permissions(path, std::filesystem::perms(0600));
  }
  std::memset(text, 0, sizeof key + 1);
  delete[] text;
  expect("the preparation of this test", true);
  use(operate::ApiKeySource::file(path));
  expect("a file", true);

  use(operate::ApiKeySource::command({"cat", path}));
  expect("a program", true);
  use(operate::ApiKeySource::callback([] { return std::string(key); }));
  expect("a callback", true);

  // The JSON parser's own buffers are the parser's: a key as a value is found in them, and the same text with
  // the key in the wrong place may leave no more than that.
  const auto left_by = [&](const char* name, const char* before, const char* after) {
    const std::string file = folder.path(name);
    if (std::FILE* out = std::fopen(file.c_str(), "w")) {
      std::setvbuf(out, nullptr, _IONBF, 0);
      for (const char* text : {before, key, after}) std::fputs(text, out);
      std::fclose(out);
      std::filesystem::permissions(file, std::filesystem::perms(0600));
    }
    setenv("OPERATE_CONFIG_FILE", file.c_str(), 1);
    found = 0;
    try {
      use(operate::Config::from_environment().api_key);
    } catch (const operate::ConfigError&) {
    }
    unsetenv("OPERATE_CONFIG_FILE");
    return found.exchange(0);
  };
  const char* const value = R"({"profiles":{"default":{"api_key":")";
  const int by_the_parser = left_by("good.json", value, R"("}}})");
  const int named = left_by("named.json", R"({"profiles":{"default":{")", R"(":""}}})");
  std::cout << "left by the parser: " << by_the_parser << ", " << named << std::endl;
  found = std::max(0, named - by_the_parser);
  expect("a settings file with the key in the wrong place", true);

  operate::DopplerOptions doppler;
  setenv("DOPPLER_TOKEN", token, 1);
  doppler.site_url = manager.url;
  operate::InfisicalOptions infisical;
  infisical.project_id = "p-0042";
  infisical.environment = "prod";
  infisical.client_id = operate::test::ManagerStandIn::client_id;
  infisical.client_secret = operate::test::ManagerStandIn::client_secret;
  infisical.site_url = manager.url;
  setenv("AWS_ACCESS_KEY_ID", operate::test::ManagerStandIn::aws_key_id, 1);
  setenv("AWS_SECRET_ACCESS_KEY", operate::test::ManagerStandIn::aws_secret_key, 1);
  operate::AwsSecretsManagerOptions aws;
  aws.secret_id = "prod/operate";
  aws.json_key = "api_key";
  aws.region = "eu-west-1";
  aws.endpoint_url = manager.url;
  // Of an answer, the parser keeps what it keeps of a file, and nothing else is left.
  for (const auto& source :
       {operate::ApiKeySource::doppler(doppler), operate::ApiKeySource::infisical(infisical)}) {
    use(source);
    found = std::max(0, found - by_the_parser);
    expect("a secrets manager", true);
  }
  doppler.secret = "CUT";
  use(operate::ApiKeySource::doppler(doppler), /*gives_key=*/false);
  expect("an answer that breaks off", true);
  use(operate::ApiKeySource::aws_secrets_manager(aws));  // Its key is JSON within JSON.
  found = std::max(0, found - 2 * by_the_parser);
  expect("AWS Secrets Manager", true);

  setenv("OPERATE_API_KEY", (std::string(key, 20) + " ").c_str(), 1);
  found = 0;
  try {
    const operate::Client client{operate::Config{}};
  } catch (const operate::ConfigError&) {
  }
  expect("a key that is refused", true);
  return failures == 0 ? 0 : 1;
}
