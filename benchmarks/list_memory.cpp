// The most memory that a client has while it reads a list with prefetch: of 10,000 companies, and of a
// million.
#include "common.hpp"
#include "measure.hpp"

#include <operate/operate.hpp>

#include <httplib.h>
#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <limits>
#include <string>

namespace {

using namespace operate::bench;

constexpr int page_size = 50, prefetch = 16, rounds = 3;

std::string page(long total, long offset, long limit) {
  std::string items;
  for (long i = offset; i < std::min(offset + limit, total); ++i) {
    const std::string number = std::to_string(10'000'000 + i);
    items += (items.empty() ? "" : ",") + (R"({"id":"c9a0dcbc-6a4d-4d0e-9d4f-9f5b)" + number) +
             R"(","name":"Company )" + number + R"(","logo":null,"domain":"acme.example","employees":12})";
  }
  return R"({"success":true,"data":{"companies":[)" + items + R"(],"pagination":{"total":)" +
         std::to_string(total) + R"(,"limit":)" + std::to_string(limit) + R"(,"offset":)" +
         std::to_string(offset) + "}}}";
}

// A list for each path: `/10000/companies/list` has so many.
void serve(httplib::Server& server) {
  pin_to(1);
  server.new_task_queue = [] { return new httplib::ThreadPool(2 * prefetch); };
  server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  server.Get(R"(/(\d+)/companies/list)", [](const httplib::Request& request, httplib::Response& response) {
    const auto number = [&](const char* name) { return std::stol(request.get_param_value(name)); };
    response.set_content(page(std::stol(request.matches[1]), number("offset"), number("limit")),
                         "application/octet-stream");  // The library would pack JSON, which is slow.
  });
  server.listen_after_bind();
}

double peak_of(long total, int port) {
  const operate::Client client =
      client_of("http://127.0.0.1:" + std::to_string(port) + "/" + std::to_string(total));
  operate::ListAllOptions options;
  options.page_size = page_size;
  options.prefetch = prefetch;
  long count = 0;
  for (const auto& company : client.companies().list_all(options)) count += !company.name.empty();
  require(count == total, "the list is not whole");
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kilobytes = 0;
    status >> kilobytes;
    return kilobytes / 1024;
  }
  return -1;
}

}  // namespace

int main() {
  httplib::Server server;
  server.set_tcp_nodelay(true);  // Without effect once it has a port.
  const int port = server.bind_to_any_port("127.0.0.1");
  const pid_t process = fork();
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve(server);
    _exit(0);
  }
  compare("peak memory of a list, " + std::to_string(prefetch) + " pages ahead", "MB", rounds,
          {"10,000 companies", [&] { return peak_of(10'000, port); }},
          {"1,000,000", [&] { return peak_of(1'000'000, port); }});
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
}
