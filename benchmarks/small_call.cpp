// CPU time that a client spends on one small call over a kept connection: this SDK against what a careful
// engineer writes by hand over one reused easy handle of libcurl. Each measurement is a process of its own,
// pinned to one core; the server is pinned to another. Printed are medians and the ratio of the two.
#include <operate/operate.hpp>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr int calls = 2000, warm_up = 200, rounds = 31;

const std::string page =
    R"({"success":true,"data":{"companies":[{"id":"c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11","name":"Acme",)"
    R"("logo":null,"domain":"acme.example","employees":12}],"pagination":{"total":1,"limit":1,"offset":0}}})";

void pin_to(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

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

double cpu_microseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

void require(bool good) {
  if (!good) throw std::runtime_error("a call failed");
}

// A workload gets the base URL and returns the function that makes one call.
using Workload = std::function<std::function<void()>(const std::string&)>;

double measure(const Workload& workload, const std::string& url) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    pin_to(0);
    double result = -1;
    try {
      const auto call = workload(url);
      for (int i = 0; i < warm_up; ++i) call();
      const double before = cpu_microseconds();
      for (int i = 0; i < calls; ++i) call();
      result = (cpu_microseconds() - before) / calls;
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
    }
    require(write(ends[1], &result, sizeof result) == sizeof result);
    _exit(0);
  }
  double result = -1;
  require(read(ends[0], &result, sizeof result) == sizeof result && result >= 0);
  close(ends[0]);
  close(ends[1]);
  waitpid(child, nullptr, 0);
  return result;
}

std::size_t append(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

// One call by hand; the handle and its options stay.
std::function<void()> by_hand(const std::string& url, const std::function<void(const std::string&)>& use) {
  CURL* easy = curl_easy_init();
  curl_slist* headers = curl_slist_append(nullptr, "x-api-key: sk_benchmark");
  headers = curl_slist_append(headers, "Accept: application/json");
  auto* body = new std::string;  // The process ends before it matters.
  curl_easy_setopt(easy, CURLOPT_URL, (url + "/companies/list?limit=1&offset=0").c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "by-hand/1.0");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30'000L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
  return [=] {
    body->clear();
    require(curl_easy_perform(easy) == CURLE_OK);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    require(status == 200);
    use(*body);
  };
}

operate::Client client_of(const std::string& url) {
  operate::Config config;
  config.api_key = "sk_benchmark";
  config.base_url = url;
  return operate::Client(config);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const char* what, const std::string& url, const Workload& hand, const Workload& sdk) {
  std::vector<double> by_hand, by_sdk, ratios;
  for (int round = 0; round < rounds; ++round) {
    by_hand.push_back(measure(hand, url));
    by_sdk.push_back(measure(sdk, url));
    ratios.push_back(by_sdk.back() / by_hand.back());
  }
  std::cout << std::fixed << std::setprecision(2) << what << ": by hand " << median(by_hand) << " us, SDK "
            << median(by_sdk) << " us, ratio " << median(ratios) << " ("
            << *std::min_element(ratios.begin(), ratios.end()) << " to "
            << *std::max_element(ratios.begin(), ratios.end()) << ")\n";
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
      "a call, its body as text", url,
      [](const std::string& u) { return by_hand(u, [](const std::string&) {}); },
      [](const std::string& u) {
        return [client = client_of(u)] {
          const operate::Request request{"GET", "/companies/list", {{"limit", "1"}, {"offset", "0"}}, {}};
          require(client.call(request).body.size() == page.size());
        };
      });
  compare(
      "a list, its companies as structs (by hand: id and name alone)", url,
      [](const std::string& u) {
        return by_hand(u, [](const std::string& body) {
          const auto json = nlohmann::json::parse(body);
          require(json.at("success").get<bool>());
          std::vector<std::pair<std::string, std::string>> companies;
          for (const auto& item : json.at("data").at("companies"))
            companies.emplace_back(item.at("id"), item.at("name"));
          require(json.at("data").at("pagination").at("total") == 1 && companies.size() == 1);
        });
      },
      [](const std::string& u) {
        return [companies = client_of(u).companies()] { require(companies.list({1, 0}).size() == 1); };
      });
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
}
