#include <operate/operate.hpp>
#include <operate/resource.hpp>
#include <operate/testing/recording_transport.hpp>

#include "managers/stand_in.hpp"
#include "support/environment.hpp"
#include "support/listing.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <ostream>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using operate::Client;
using operate::test::Connection;
using operate::test::RawServer;
using operate::test::Wire;

// Words that stand nowhere else.
const std::string sentinel = "sk_live_SENTINELxQ7zKEYwV9";
const std::vector<std::string> personal = {"Zephyrina", "Quatermain", "zq@private.example", "met-in-Xanadu"};

// Everything that a user may print of an error.
std::string printed(const operate::Error& error) {
  std::string text = std::string(error.what()) + '\n' + error.report();
  if (const auto* api = dynamic_cast<const operate::ApiError*>(&error)) {
    text += '\n' + api->type() + '\n' + api->message() + '\n' + api->body() + '\n' + api->request_id();
    for (const auto& [name, value] : api->headers()) text += '\n' + name + value;
  }
  if (const auto* decode = dynamic_cast<const operate::DecodeError*>(&error)) text += '\n' + decode->body();
  if (const auto* config = dynamic_cast<const operate::ConfigError*>(&error))
    text += '\n' + config->setting();
  if (const auto* validation = dynamic_cast<const operate::ValidationError*>(&error))
    text += '\n' + validation->field();
  return text;
}

// What holds a key cannot be printed at all.
template <class T, class = void>
struct IsPrintable : std::false_type {};
template <class T>
struct IsPrintable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<const T&>())>>
    : std::true_type {};
static_assert(IsPrintable<std::string>::value);
static_assert(!IsPrintable<operate::ApiKeySource>::value && !IsPrintable<operate::Config>::value);
static_assert(!IsPrintable<Client>::value && !IsPrintable<operate::Companies>::value);
static_assert(!IsPrintable<operate::Error>::value && !IsPrintable<operate::ApiError>::value);

bool shows_the_key(const std::string& text) {
  for (std::size_t at = 0; at + 8 <= sentinel.size(); ++at)
    if (text.find(sentinel.substr(at, 8)) != std::string::npos) return true;
  return false;
}

operate::NewPerson somebody() {
  operate::NewPerson person;
  person.emails = {personal[2]};
  person.full_name = personal[0] + " " + personal[1];
  person.cue = personal[3];
  return person;
}

// Runs every path a call can take with the sentinel as key, against a server that sends back what it got, and
// looks for it in all that can be printed. Personal data must not be in messages and reports.
TEST(SecrecyTest, NoOutputHoldsTheKeyAndNoMessagePersonalData) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::vector<std::string> everything;
  int errors = 0;
  const auto watch = [&](const std::function<void()>& call) {
    try {
      call();
    } catch (const operate::Error& error) {
      ++errors;
      everything.push_back(printed(error));
      for (const std::string& word : personal) {
        EXPECT_EQ(std::string(error.what()).find(word), std::string::npos) << error.what();
        EXPECT_EQ(error.report().find(word), std::string::npos) << error.report();
      }
    }
  };

  // All that observers are shown, bodies included, is searched for the key; what logs hold, for personal data
  // too.
  class Everything : public operate::Observer {
   public:
    explicit Everything(std::vector<std::string>& to) : to_(to) {}
    void on(const operate::Event& event) override {
      std::string text = std::string(event.method) + " " + std::string(event.path);
      if (event.transfer) text += event.transfer->request_id;
      if (const auto* message = event.message) {
        text += message->url + message->request_body + message->response_body;
        for (const auto* headers : {&message->request_headers, &message->response_headers})
          for (const auto& [name, value] : *headers) text += name + ": " + value + "\n";
        for (const auto& [name, value] : message->query) text += name + "=" + value + "\n";
      }
      to_.push_back(std::move(text));
    }
    operate::EventDetail detail() const override { return operate::EventDetail::bodies; }

   private:
    std::vector<std::string>& to_;
  };
  std::vector<std::string> logged;
  const auto sink = [&](std::string_view line) { logged.emplace_back(line); };
  operate::Config config;
  const auto metrics = std::make_shared<operate::Metrics>();
  const auto archive = std::make_shared<operate::HarRecorder>();
  const auto whole_archive =
      std::make_shared<operate::HarRecorder>(operate::HarOptions{operate::EventDetail::bodies, 10'000});
  config.observer = operate::observe_all(
      {std::make_shared<Everything>(everything), operate::log_lines(operate::LogLevel::debug, sink),
       operate::log_json(operate::LogLevel::debug, sink), metrics, archive, whole_archive});
  config.api_key = sentinel;
  config.retry.max_retries = 1;
  config.retry.initial_delay = config.retry.max_delay = std::chrono::milliseconds(1);
  const std::string echo =
      sentinel + " " + personal[0] + " " + personal[1] + " " + personal[2] + " " + personal[3];
  const std::string envelope =
      R"({"success":false,"error":{"type":")" + echo + R"(","message":")" + echo + "\"}}";
  const std::string list = operate::test::companies_page(1, 50, 0, 1);
  const auto all_calls = [&](const Client& client) {
    watch([&] { client.companies().list(); });
    watch([&] { client.companies().list_all().to_vector(); });
    watch([&] { client.people().create(somebody()); });
    watch([&] { client.call({"POST", "/x", {}, "{\"a\":\"" + personal[0] + "\"}"}); });
    watch([&] { client.check(); });
    watch([&] { operate::list<nlohmann::json>(client, "/x", "companies"); });
    watch([&] { operate::post<nlohmann::json>(client, "/x", "y", nlohmann::json{{"a", personal[0]}}); });
  };

  for (const int status : {200, 204, 302, 400, 401, 402, 403, 404, 409, 418, 422, 429, 500, 503, 600}) {
    for (const std::string& body :
         {envelope, echo, std::string(70'000, ' ') + envelope, std::string(), list}) {
      RawServer server([&](Connection& connection, int) {
        while (connection.read_request())
          connection.answer(status, status == 204 ? "" : body,
                            "x-request-id: " + sentinel + "\r\nx-echo: " + echo + "\r\n");
      });
      server.direct(config);
      all_calls(Client(config));
    }
  }
  // What a cassette holds, of answers and of failures.
  const operate::test::TemporaryFolder folder;
  for (const std::string& answer :
       {"HTTP/1.1 500 Oh\r\nx-request-id: " + sentinel + "\r\nx-echo: " + echo +
            "\r\nContent-Length: " + std::to_string(echo.size()) + "\r\n\r\n" + echo,
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + sentinel}) {
    RawServer server([&](Connection& connection, int) {
      connection.read_request();
      connection.send(answer);
    });
    server.direct(config);
    const std::string cassette = folder.path("cassette.json");
    operate::Config recorded = config;
    recorded.transport = std::make_shared<operate::testing::RecordingTransport>(
        operate::libcurl_transport(recorded), cassette);
    all_calls(Client(recorded));
    recorded.transport.reset();
    everything.push_back(folder.read("cassette.json"));
    EXPECT_GT(everything.back().size(), 1'000u);
  }
  // Lost connections, at each stage.
  for (const std::string& sent :
       {std::string(), std::string("HTTP/1.1 " + sentinel), std::string("HTTP/1.1 200 OK\r\nx: " + sentinel),
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + sentinel, sentinel + "\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 26\r\n\r\n" + sentinel}) {
    RawServer server([&](Connection& connection, int) {
      connection.read_request();
      connection.send(sent);
    });
    server.direct(config);
    all_calls(Client(config));
  }
  // Limits of time and size, TLS, names and connections.
  {
    RawServer silent([](Connection& connection, int) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + sentinel);
      connection.wait_for_close();
    });
    const auto limited = [&](const std::function<void(operate::Config&)>& change) {
      operate::Config other = config;
      silent.direct(other);
      other.retry.max_retries = 0;
      change(other);
      const int before = errors;
      all_calls(Client(other));
      EXPECT_EQ(errors, before + 7);
    };
    limited([](auto& c) { c.timeout = std::chrono::milliseconds(5); });
    limited([](auto& c) { c.deadline = std::chrono::milliseconds(5); });
    limited([](auto& c) { c.stall_timeout = std::chrono::milliseconds(5); });
    limited([](auto& c) { c.max_response_bytes = 5; });
    RawServer mute([](Connection& connection, int) { connection.wait_for_close(); }, Wire::plain);
    limited([&](auto& c) {
      c.base_url = "https://127.0.0.1:" + std::to_string(mute.port());
      c.connect_timeout = std::chrono::milliseconds(5);
    });
    RawServer plain([](Connection& connection, int) { connection.send("HTTP/1.1 400 Bad Request\r\n\r\n"); },
                    Wire::plain);
    limited([&](auto& c) { c.base_url = "https://127.0.0.1:" + std::to_string(plain.port()); });
    limited([](auto& c) { c.base_url = "https://" + std::string(64, 'a'); });
    limited([](auto& c) { c.base_url = "http://127.0.0.1:" + std::to_string(operate::test::closed_port()); });
  }
  // Pages that do not advance, and people that break a rule.
  {
    RawServer server([&](Connection& connection, int) {
      while (connection.read_request())
        connection.answer(200, operate::test::companies_page(100, 50, 0, 50), "x-echo: " + echo + "\r\n");
    });
    server.direct(config);
    const auto people = Client(config).people();
    int before = errors;
    watch([&] { Client(config).companies().list_all().to_vector(); });
    EXPECT_EQ(errors, ++before);
    for (const auto& spoil :
         {std::function<void(operate::NewPerson&)>([](auto& p) { p.emails = {personal[0]}; }),
          {[](auto& p) { p.cue = std::string(281, 'x') + personal[3]; }},
          {[](auto& p) { p.full_name += '\xff'; }},
          {[](auto& p) {
            p.titles = {{personal[0], personal[1], {}}};
          }},
          {[](auto& p) { p.extra = operate::JsonText(personal[0]); }}}) {
      operate::NewPerson person = somebody();
      spoil(person);
      watch([&] { people.create(person); });
      EXPECT_EQ(errors, ++before);
    }
  }
  // Refused before anything is sent: the key in the wrong place.
  const Client client(config);
  operate::RequestOptions options;
  options.headers = {{"x-api-key", sentinel}};
  watch([&] { client.companies().list({}, options); });
  options.headers = {{sentinel + ":", "\r\n" + sentinel}};
  watch([&] { client.companies().list({}, options); });
  options.headers = {{"x-a", "\r\n" + sentinel}};
  watch([&] { client.companies().list({}, options); });
  watch([&] { client.call({"GET", sentinel, {}, ""}); });
  watch([&] { client.call({sentinel, "/x", {}, ""}); });
  watch([&] { client.call({"GET", "/" + sentinel, {{"key", sentinel}}, ""}); });
  options.headers = {{"x-a", sentinel}};
  everything.push_back(client.explain(
      {"POST", "/" + sentinel, {{"key", sentinel}}, "{\"key\":\"" + sentinel + "\"}"}, options));
  const auto watch_config = [&](const std::function<void(operate::Config&)>& change) {
    operate::Config bad = config;
    change(bad);
    watch([&] { Client made(bad); });
  };
  watch_config([&](auto& c) { c.api_key = sentinel + "\n"; });
  watch_config([&](auto& c) { c.api_key = " " + sentinel; });
  watch_config([&](auto& c) { c.base_url = "https://" + sentinel + "@api.operate.so"; });
  watch_config([&](auto& c) { c.base_url = "https://api.operate.so?key=" + sentinel; });
  watch_config([&](auto& c) { c.base_url = sentinel; });
  watch_config([&](auto& c) { c.user_agent_suffix = sentinel + "\n"; });
  {
    const operate::test::ScopedVariable timeout("OPERATE_TIMEOUT", sentinel.c_str());
    watch([] { operate::Config::from_environment(); });
  }
  {
    const operate::test::ScopedVariable key("OPERATE_API_KEY", (sentinel + " ").c_str());
    watch([] { Client::from_environment(); });
  }
  everything.push_back(testing::internal::GetCapturedStdout());
  everything.push_back(testing::internal::GetCapturedStderr());

  logged.push_back(metrics->text());
  logged.push_back(archive->text());
  everything.push_back(whole_archive->text());
  EXPECT_NE(everything.back().find(personal[0]), std::string::npos);

  EXPECT_GT(errors, 400);
  EXPECT_GT(logged.size(), 3'000u);
  for (const std::string& line : logged) {
    EXPECT_FALSE(shows_the_key(line)) << line;
    for (const std::string& word : personal) EXPECT_EQ(line.find(word), std::string::npos) << line;
  }
  for (const std::string& text : everything) EXPECT_FALSE(shows_the_key(text)) << text.substr(0, 500);
}

// Each source, with a server that takes its key, one that refuses it and sends it back, and with one that has
// to be asked again; from the first call on, which shows its own path.
TEST(SecrecyTest, NoSourceOfAKeyShowsIt) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::vector<std::string> everything;
  const operate::test::TemporaryFolder folder;
  const std::string file = folder.write("key", sentinel, 0644);
  const std::string traced = "set -x; echo " + sentinel + "; ";
  // Managers that give it, and one that refuses, with all that it was sent. What they are sent has the
  // sentinel in it, too.
  const operate::test::ManagerStandIn manager(sentinel);
  RawServer echo(
      [&](Connection& connection, int) {
        while (const auto request = connection.read_request()) {
          nlohmann::json said = {{"messages", {*request}}, {"message", *request}};
          connection.answer(401, said.dump());
        }
      },
      Wire::plain);
  operate::DopplerOptions doppler;
  doppler.token = operate::test::ManagerStandIn::doppler_token;
  doppler.site_url = manager.url();
  auto refused = doppler;
  refused.site_url = echo.config().base_url;
  operate::InfisicalOptions infisical;
  infisical.project_id = "p-0042";
  infisical.environment = "prod";
  infisical.client_id = operate::test::ManagerStandIn::client_id;
  infisical.client_secret = operate::test::ManagerStandIn::client_secret;
  infisical.site_url = manager.url();
  auto refused_too = infisical;
  refused_too.site_url = echo.config().base_url;

  const operate::test::ScopedVariable id("AWS_ACCESS_KEY_ID",
                                         operate::test::ManagerStandIn::aws_temporary_key_id),
      secret("AWS_SECRET_ACCESS_KEY", operate::test::ManagerStandIn::aws_secret_key),
      session("AWS_SESSION_TOKEN", operate::test::ManagerStandIn::aws_session_token);
  operate::AwsSecretsManagerOptions aws;
  aws.secret_id = "prod/operate";
  aws.json_key = "api_key";
  aws.region = "eu-west-1";
  aws.endpoint_url = manager.url();
  auto refused_by_aws = aws;
  refused_by_aws.endpoint_url = echo.config().base_url;

  // Those that give it, and those that fail: what they would have given is in nobody's path either.
  const std::vector<std::pair<operate::ApiKeySource, std::string>> sources = {
      {operate::ApiKeySource::file(file), sentinel},
      {operate::ApiKeySource::command({"cat", file}), sentinel},
      {operate::ApiKeySource::command({"sh", "-c", traced}), sentinel},
      {operate::ApiKeySource::command({"sh", "-c", traced + "exit 1", sentinel}), ""},
      {operate::ApiKeySource::command({"sh", "-c", traced + "echo " + sentinel}), ""},
      {operate::ApiKeySource::command({"sh", "-c", traced + "kill $$"}), ""},
      {operate::ApiKeySource::callback([] { return sentinel; }), sentinel},
      {operate::ApiKeySource::callback([] { return sentinel + " "; }), ""},
      {operate::ApiKeySource::doppler(doppler), sentinel},
      {operate::ApiKeySource::infisical(infisical), sentinel},
      {operate::ApiKeySource::doppler(refused), ""},
      {operate::ApiKeySource::aws_secrets_manager(aws), sentinel},
      {operate::ApiKeySource::aws_secrets_manager(refused_by_aws), ""},
      {operate::ApiKeySource::infisical(refused_too), ""},
  };
  for (const auto& [source, in_path] : sources)
    for (const int status : {200, 401, 403}) {
      RawServer server([&](Connection& connection, int) {
        while (connection.read_request())
          connection.answer(status, R"({"success":false,"error":{"type":")" + sentinel + R"(","message":")" +
                                        sentinel + "\"}}");
      });
      operate::Config config = server.config();
      const auto archive =
          std::make_shared<operate::HarRecorder>(operate::HarOptions{operate::EventDetail::bodies, 100});
      config.observer = operate::observe_all(
          {operate::log_lines(operate::LogLevel::debug,
                              [&](std::string_view line) { everything.emplace_back(line); }),
           operate::log_json(operate::LogLevel::debug,
                             [&](std::string_view line) { everything.emplace_back(line); }),
           archive});
      config.api_key = source;
      for (const bool async : {false, true}) {
        const Client client(config);
        const operate::Request request = {"GET", "/x" + in_path, {{"key", in_path}}, ""};
        for (int i = 0; i < 2; ++i) {
          try {
            if (async)
              client.call_async(request).get();
            else
              client.call(request);
            ADD_FAILURE() << "worked";
          } catch (const operate::Error& error) {
            everything.push_back(printed(error));
            EXPECT_EQ(dynamic_cast<const operate::ConfigError*>(&error) != nullptr, in_path.empty());
          }
        }
        everything.push_back(client.explain({"GET", "/x", {}, ""}));
        // What a callback throws is told with its call's path.
        if (async) {
          std::promise<void> came;
          client.call_async(request).then([&](operate::Result<operate::Response>) {
            came.set_value();
            throw std::runtime_error("a callback's own");
          });
          came.get_future().wait();
        }
      }
      everything.push_back(archive->text());
    }
  everything.push_back(testing::internal::GetCapturedStdout());
  everything.push_back(testing::internal::GetCapturedStderr());
  EXPECT_GT(everything.size(), 300u);
  for (const std::string& text : everything) {
    EXPECT_FALSE(shows_the_key(text)) << text.substr(0, 500);
    EXPECT_EQ(text.find("SENTINEL"), std::string::npos) << text.substr(0, 500);
    EXPECT_FALSE(std::regex_search(text, std::regex("Signature=[0-9a-f]"))) << text.substr(0, 500);
  }
}

TEST(SecrecyTest, TheSearchFindsAPartOfTheKey) { EXPECT_TRUE(shows_the_key("...INELxQ7z...")); }

}  // namespace
