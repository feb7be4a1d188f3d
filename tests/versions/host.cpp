// host PLUGIN...: a program whose plugins link different versions of the SDK. All are loaded with their
// symbols visible to each other, and all of their clients exist at the same time.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

// A port of this machine that rejects connections: it is taken, and nothing listens.
std::string unreachable() {
  const int taken = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(taken, generic, size) != 0 || ::getsockname(taken, generic, &size) != 0) return {};
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

template <class Function>
Function* find(void* plugin, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(plugin, name));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string base_url = unreachable();
  if (base_url.empty()) return 2;
  std::vector<void*> plugins;
  for (int i = 1; i < count; ++i) {
    plugins.push_back(::dlopen(arguments[i], RTLD_NOW | RTLD_GLOBAL));
    if (!plugins.back()) return std::fprintf(stderr, "%s\n", ::dlerror()), 2;
  }
  for (void* plugin : plugins) find<void(const char*)>(plugin, "open_client")(base_url.c_str());
  std::string problems;
  for (void* plugin : plugins) problems += find<const char*()>(plugin, "use_client")();
  for (void* plugin : plugins) find<void()>(plugin, "close_client")();
  std::fputs(problems.c_str(), stderr);
  return problems.empty() ? 0 : 1;
}
