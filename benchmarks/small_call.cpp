// CPU time that a client spends on one small call over a kept connection: this SDK against what a careful
// engineer writes by hand over one reused easy handle of libcurl, and its async calls, one at a time, against
// its blocking ones. Each measurement is a process of its own, pinned to one core; the server is pinned to
// another. Printed are medians and the ratio of the two.
#include "common.hpp"
#include "measure.hpp"

#include <operate/operate.hpp>

#include <curl/curl.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <functional>
#include <iostream>
#include <string>

namespace {

using namespace operate::bench;

constexpr int calls = 2000, warm_up = 200, rounds = 101;

// Answers every request of every connection with the page, one connection after the other.
[[noreturn]] void serve(int listener) {
  pin_to(1);
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(page.size()) +
      "\r\n\r\n" + page;
  for (;;) {
    const int socket = accept(listener, nullptr, nullptr);
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::array<char, 4096> buffer;
    std::string received;
    for (ssize_t bytes; (bytes = recv(socket, buffer.data(), buffer.size(), 0)) > 0;) {
      received.append(buffer.data(), static_cast<std::size_t>(bytes));
      if (received.find("\r\n\r\n") == std::string::npos) continue;
      received.clear();
      send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    close(socket);
  }
}

// A workload gets the base URL and returns the function that makes one call.
using Workload = std::function<std::function<void()>(const std::string&)>;

double per_call(const Workload& workload, const std::string& url) {
  const auto call = workload(url);
  for (int i = 0; i < warm_up; ++i) call();
  const double before = cpu_microseconds();
  for (int i = 0; i < calls; ++i) call();
  return (cpu_microseconds() - before) / calls;
}

// One call by hand; the handle and its options stay.
std::function<void()> by_hand(const std::string& url, const std::function<void(const std::string&)>& use) {
  auto* body = new std::string;  // The process ends before it matters.
  CURL* easy = easy_by_hand(*body);
  curl_easy_setopt(easy, CURLOPT_URL, (url + "/companies/list?limit=1&offset=0").c_str());
  return [=] {
    body->clear();
    require(curl_easy_perform(easy) == CURLE_OK);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    require(status == 200);
    use(*body);
  };
}

void compare(const char* what, const std::string& url, const char* base_name, const Workload& base,
             const char* other_name, const Workload& other) {
  operate::bench::compare(what, "us", rounds, {base_name, [&] { return per_call(base, url); }},
                          {other_name, [&] { return per_call(other, url); }});
}

}  // namespace

int main() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  require(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener, 16) == 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const pid_t server = fork();
  if (server == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(listener);
  }

  std::cout << "client CPU per call, medians of " << rounds << " runs of " << calls << " calls\n";
  compare(
      "a call, its body as text", url, "by hand",
      [](const std::string& u) { return by_hand(u, [](const std::string&) {}); }, "SDK",
      [](const std::string& u) {
        return [client = client_of(u)] {
          const operate::Request request{"GET", "/companies/list", {{"limit", "1"}, {"offset", "0"}}, {}};
          require(client.call(request).body.size() == page.size());
        };
      });
  compare(
      "a list, its companies as structs (by hand: id and name alone)", url, "by hand",
      [](const std::string& u) { return by_hand(u, read_companies); }, "SDK",
      [](const std::string& u) {
        return [companies = client_of(u).companies()] { require(companies.list({1, 0}).size() == 1); };
      });
  compare(
      "a list, one call at a time", url, "blocking",
      [](const std::string& u) {
        return [companies = client_of(u).companies()] { require(companies.list({1, 0}).size() == 1); };
      },
      "async",
      [](const std::string& u) {
        return [client = client_of(u)] { require(client.companies().list_async({1, 0}).get().size() == 1); };
      });
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
}
