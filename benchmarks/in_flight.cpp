// How many calls a second a client makes that keeps 32, or 256, of them in flight over HTTP/2 with TLS: this
// SDK against libcurl's multi interface as a careful engineer uses it by hand. The server is nginx.
#include "common.hpp"
#include "measure.hpp"
#include "nginx.hpp"

#include <operate/operate.hpp>

#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace operate::bench;
using Clock = std::chrono::steady_clock;

constexpr int calls = 20'000, rounds = 15;

double calls_a_second(Clock::time_point start) {
  return calls / std::chrono::duration<double>(Clock::now() - start).count();
}

double by_hand(const Nginx& server, int in_flight, const std::function<void(const std::string&)>& use) {
  const std::string url = server.base_url() + "/companies/list?limit=1&offset=0";
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  std::vector<std::string> bodies(static_cast<std::size_t>(in_flight));
  const auto start = Clock::now();
  int started = 0;
  for (std::string& body : bodies) {
    CURL* easy = easy_by_hand(body, server.ca_file());
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &body);
    curl_multi_add_handle(multi, easy);
    ++started;
  }
  for (int done = 0; done < calls;) {
    int count = 0;
    require(curl_multi_perform(multi, &count) == CURLM_OK);
    while (CURLMsg* message = curl_multi_info_read(multi, &count)) {
      CURL* easy = message->easy_handle;
      require(message->data.result == CURLE_OK);
      long status = 0;
      std::string* body = nullptr;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
      require(status == 200);
      use(*body);
      body->clear();
      ++done;
      curl_multi_remove_handle(multi, easy);
      if (started == calls) continue;
      curl_multi_add_handle(multi, easy);
      ++started;
    }
    if (done < calls) curl_multi_poll(multi, nullptr, 0, 1'000, nullptr);
  }
  return calls_a_second(start);  // The process ends.
}

/// Keeps the number in flight: each that ends starts another.
template <class T>
class InFlight {
 public:
  explicit InFlight(std::function<operate::Async<T>()> start) : start_(std::move(start)) {}

  double run(int in_flight) {
    const auto start = Clock::now();
    started_ = in_flight;
    for (int i = 0; i < in_flight; ++i) next();
    ended_.get_future().get();
    return calls_a_second(start);
  }

 private:
  void next() {
    start_().then([this](operate::Result<T> result) {
      good_ += result.has_value();
      if (++done_ == calls) {
        if (good_ == calls)
          ended_.set_value();
        else
          ended_.set_exception(std::make_exception_ptr(std::runtime_error("a call failed")));
      }
      // The client's thread alone comes here.
      if (started_ == calls) return;
      ++started_;
      next();
    });
  }

  const std::function<operate::Async<T>()> start_;
  int started_ = 0, done_ = 0, good_ = 0;
  std::promise<void> ended_;
};

void compare_with(const Nginx& server, int in_flight) {
  const std::string number = std::to_string(in_flight) + " in flight, ";
  compare(
      number + "the bodies as text", "calls/s", rounds,
      {"by hand",
       [&] { return by_hand(server, in_flight, [](const std::string& body) { require(body == page); }); }},
      {"SDK", [&] {
         const operate::Client client = client_of(server.base_url(), server.ca_file());
         const operate::Request request{"GET", "/companies/list", {{"limit", "1"}, {"offset", "0"}}, {}};
         return InFlight<operate::Response>([&] { return client.call_async(request); }).run(in_flight);
       }});
  compare(number + "the companies as structs (by hand: id and name alone)", "calls/s", rounds,
          {"by hand", [&] { return by_hand(server, in_flight, read_companies); }},
          {"SDK", [&] {
             const operate::Client client = client_of(server.base_url(), server.ca_file());
             const auto companies = client.companies();
             return InFlight<operate::Page<operate::Company>>([&] {
                      return companies.list_async({1, 0});
                    })
                 .run(in_flight);
           }});
}

}  // namespace

int main() {
  const operate::test::TemporaryFolder folder;
  const Nginx server("http2", "return 200 '" + page + "';", folder);
  std::cout << "calls a second over HTTP/2 with TLS, medians of " << rounds << " runs of " << calls
            << " calls\n";
  for (const int in_flight : {32, 256}) compare_with(server, in_flight);
}
