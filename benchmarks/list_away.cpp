// How long a list of 10,000 companies takes from a server that is 50 ms away: list_all with prefetch against
// the loop of Operate's guide, written by hand over one reused handle of libcurl. The server is nginx over
// TLS, behind a relay that holds every byte back for 25 ms each way, and a new connection for a round trip.
#include "common.hpp"
#include "measure.hpp"
#include "nginx.hpp"

#include <operate/operate.hpp>

#include <curl/curl.h>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace operate::bench;
using namespace std::chrono_literals;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr int companies = 10'000, page_size = 50, prefetch = 16, rounds = 5;
constexpr auto round_trip = 50ms;

/// Carries bytes to the server and back, later.
class Relay {
 public:
  explicit Relay(std::uint16_t to) : to_(tcp::endpoint(asio::ip::address_v4::loopback(), to)) {
    asio::co_spawn(context_, accept(), asio::detached);
    thread_ = std::thread([this] {
      pin_to(1);
      context_.run();
    });
  }
  ~Relay() {
    context_.stop();
    thread_.join();
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const { return port_; }
  /// How many connections were made.
  int connections() const { return connections_; }

 private:
  struct Both {
    tcp::socket client, server;
    Clock::time_point open;
  };
  // What is on its way in one direction; an empty piece is the end.
  struct Line {
    explicit Line(asio::io_context& context) : timer(context, Clock::time_point::max()) {}
    std::deque<std::pair<Clock::time_point, std::string>> under_way;
    asio::steady_timer timer;
  };

  asio::awaitable<void> accept() {
    for (;;) {
      tcp::socket client = co_await acceptor_.async_accept(asio::use_awaitable);
      ++connections_;
      tcp::socket server(context_);
      co_await server.async_connect(to_, asio::use_awaitable);
      for (tcp::socket* socket : {&client, &server}) socket->set_option(tcp::no_delay(true));
      const auto both =
          std::make_shared<Both>(Both{std::move(client), std::move(server), Clock::now() + round_trip});
      carry(both, both->client, both->server);
      carry(both, both->server, both->client);
    }
  }

  void carry(const std::shared_ptr<Both>& both, tcp::socket& from, tcp::socket& to) {
    const auto line = std::make_shared<Line>(context_);
    asio::co_spawn(context_, take(both, line, from), asio::detached);
    asio::co_spawn(context_, give(both, line, to), asio::detached);
  }

  static asio::awaitable<void> take(std::shared_ptr<Both> both, std::shared_ptr<Line> line,
                                    tcp::socket& from) {
    std::array<char, 65536> buffer;
    for (std::size_t bytes = 1; bytes > 0;) {
      asio::error_code error;
      bytes = co_await from.async_read_some(asio::buffer(buffer),
                                            asio::redirect_error(asio::use_awaitable, error));
      if (error) bytes = 0;
      line->under_way.emplace_back(std::max(Clock::now(), both->open) + round_trip / 2,
                                   std::string(buffer.data(), bytes));
      if (line->under_way.size() == 1) line->timer.expires_at(line->under_way.front().first);
    }
  }

  static asio::awaitable<void> give(std::shared_ptr<Both> both, std::shared_ptr<Line> line, tcp::socket& to) {
    for (;;) {
      asio::error_code error;
      // Ends early where the first piece of many comes.
      co_await line->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
      if (error) continue;
      const std::string piece = std::move(line->under_way.front().second);
      line->under_way.pop_front();
      line->timer.expires_at(line->under_way.empty() ? Clock::time_point::max()
                                                     : line->under_way.front().first);
      co_await asio::async_write(to, asio::buffer(piece), asio::redirect_error(asio::use_awaitable, error));
      if (!piece.empty() && !error) continue;
      both->client.close(error);
      both->server.close(error);
      co_return;
    }
  }

  asio::io_context context_;
  const tcp::endpoint to_;
  tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
  const std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::atomic<int> connections_{0};
  std::thread thread_;
};

void write_page(const operate::test::TemporaryFolder& folder, int offset, int limit) {
  std::string items;
  for (int i = offset; i < std::min(offset + limit, companies); ++i) {
    const std::string number = std::to_string(100'000 + i);
    items += (items.empty() ? "" : ",") + (R"({"id":"c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d)" + number) +
             R"(","name":"Company )" + number + R"(","logo":null,"domain":"acme.example","employees":12})";
  }
  folder.write("pages/" + std::to_string(limit) + "-" + std::to_string(offset) + ".json",
               R"({"success":true,"data":{"companies":[)" + items + R"(],"pagination":{"total":)" +
                   std::to_string(companies) + R"(,"limit":)" + std::to_string(limit) + R"(,"offset":)" +
                   std::to_string(offset) + "}}}",
               0644);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The guide's loop.
double by_hand(const std::string& url, const std::string& ca_file) {
  const auto start = Clock::now();
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::string body;
  CURL* easy = easy_by_hand(body, ca_file);
  std::vector<std::string> names;
  std::size_t total = 1;
  for (std::size_t offset = 0; names.size() < total; offset += page_size) {
    const std::string page =
        url + "/companies/list?limit=" + std::to_string(page_size) + "&offset=" + std::to_string(offset);
    curl_easy_setopt(easy, CURLOPT_URL, page.c_str());
    body.clear();
    require(curl_easy_perform(easy) == CURLE_OK);
    const auto json = nlohmann::json::parse(body);
    require(json.at("success").get<bool>());
    for (const auto& item : json.at("data").at("companies")) names.push_back(item.at("name"));
    total = json.at("data").at("pagination").at("total");
  }
  require(names.size() == companies, "the list is not whole");
  return seconds_since(start);
}

double by_sdk(const std::string& url, const std::string& ca_file) {
  const auto start = Clock::now();
  const operate::Client client = client_of(url, ca_file);
  operate::ListAllOptions options;
  options.page_size = page_size;
  options.prefetch = prefetch;
  std::vector<std::string> names;
  for (const auto& company : client.companies().list_all(options)) names.push_back(company.name);
  require(names.size() == companies, "the list is not whole");
  return seconds_since(start);
}

// How many round trips nobody can save who has to ask for this many pages, `prefetch` of them at once, of
// which he knows after the first: two make a connection with TLS 1.3, and further ones are made meanwhile.
int must_be_made(bool shares_a_connection) {
  const int others = (companies + page_size - 1) / page_size - 1;
  const int lost = shares_a_connection ? 0 : 2 * (prefetch - 1);
  return 2 + 1 + (others + lost + prefetch - 1) / prefetch;
}

void compare_over(const char* what, const char* protocol, const operate::test::TemporaryFolder& folder) {
  const Nginx server(protocol, "rewrite ^ /pages/$arg_limit-$arg_offset.json break;", folder);
  const Relay relay(server.port());
  const std::string url = "https://127.0.0.1:" + std::to_string(relay.port());
  const double seconds =
      compare(what, "s", rounds, {"by hand", [&] { return by_hand(url, server.ca_file()); }},
              {"SDK", [&] { return by_sdk(url, server.ca_file()); }});
  const int before = relay.connections();
  in_child([&] { return by_sdk(url, server.ca_file()); });
  const int connections = relay.connections() - before;
  const int least = must_be_made(*protocol != '\0');
  const double made = seconds / std::chrono::duration<double>(round_trip).count();
  std::cout << "  SDK: " << connections << " connections; " << made << " round trips of time, of which "
            << least << " must be made: " << made / least << std::endl;
}

}  // namespace

int main() {
  const operate::test::TemporaryFolder folder;
  for (int offset = 0; offset < companies; offset += page_size) {
    write_page(folder, offset, page_size);
    // Each page of the SDK's but the first begins with the last company of the one before.
    if (offset > 0) write_page(folder, offset - 1, page_size + 1);
  }
  std::cout << "a list of " << companies << " companies, " << page_size << " a page, " << round_trip.count()
            << " ms away, medians of " << rounds << " runs\n";
  compare_over("HTTP/2", "http2", folder);
  compare_over("HTTP/1.1", "", folder);
}
