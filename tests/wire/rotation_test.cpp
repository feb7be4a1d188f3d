#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>
#include <operate/testing/manual_clock.hpp>

#include "support/child.hpp"
#include "support/emulator_options.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using operate::ApiKeySource;
using operate::Client;
using operate::Config;
using operate::ConfigError;
using operate::InvalidApiKeyError;
using operate::test::TemporaryFolder;
using operate::test::thrown;
using operate::testing::Emulator;

operate::NewPerson some_person() {
  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada";
  return person;
}

// A vault that counts how often it is asked, and may have nothing to say.
class Vault {
 public:
  explicit Vault(std::string key) : key_(std::move(key)) {}
  void put(std::string key) {
    const std::lock_guard lock(mutex_);
    key_ = std::move(key);
  }
  void seal(bool sealed) { sealed_ = sealed; }
  int asked() const { return asked_; }

  std::string read() {
    ++asked_;
    if (sealed_) throw std::runtime_error("the vault is sealed");
    const std::lock_guard lock(mutex_);
    return key_;
  }

 private:
  std::mutex mutex_;
  std::string key_;
  std::atomic<bool> sealed_{false};
  std::atomic<int> asked_{0};
};

// Each call is made in both ways: on the caller's thread, and on the client's own.
class RotationTest : public testing::TestWithParam<bool> {
 protected:
  RotationTest()
      : emulator(operate::test::emulator_options()), vault(emulator.api_key()), config(emulator.config()) {
    config.clock = clock;
    config.api_key = ApiKeySource::callback([this] { return vault.read(); });
  }
  std::size_t list(const Client& client, const operate::RequestOptions& options = {}) const {
    return GetParam() ? client.companies().list_async({}, options).get().size()
                      : client.companies().list({}, options).size();
  }
  operate::Person create(const Client& client) const {
    return GetParam() ? client.people().create_async(some_person()).get()
                      : client.people().create(some_person());
  }

  Emulator emulator;
  Vault vault;
  std::shared_ptr<operate::testing::ManualClock> clock = std::make_shared<operate::testing::ManualClock>();
  Config config;
};
INSTANTIATE_TEST_SUITE_P(Call, RotationTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "Async" : "Blocking"; });

TEST_P(RotationTest, AKeyIsAskedForByTheFirstCallAndKeptForAllCopies) {
  const Client client(config), copy(client);
  EXPECT_EQ(vault.asked(), 0);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(list(client), 50u);
    EXPECT_EQ(list(copy), 50u);
  }
  EXPECT_EQ(vault.asked(), 1);
}

TEST_P(RotationTest, ACallWhoseKeyIsRefusedGoesOutAgainWithANewOne) {
  config.retry.max_retries = 0;  // Which this is none of.
  const Client client(config);
  list(client);
  emulator.rotate_api_key("key_two");
  vault.put("key_two");
  emulator.clear_requests();
  const auto person = create(client);
  EXPECT_FALSE(person.id.empty());
  EXPECT_EQ(vault.asked(), 2);
  ASSERT_EQ(emulator.requests().size(), 2u);
  EXPECT_NE(emulator.requests()[0].body, "");
  EXPECT_EQ(emulator.requests()[0].body, emulator.requests()[1].body);
  EXPECT_EQ(client.people().create(some_person()).full_name, "Ada");
  EXPECT_EQ(vault.asked(), 2);
}

TEST_P(RotationTest, WhereTheSourceHasNoOtherKeyTheErrorStandsAndNamesIt) {
  const Client client(config);
  list(client);
  emulator.rotate_api_key("key_two");
  for (int i = 0; i < 3; ++i) {
    const auto error = thrown<InvalidApiKeyError>([&] { list(client); });
    ASSERT_TRUE(error);
    EXPECT_NE(
        std::string(error->what())
            .find(
                "The key came from a callback of the program's, which had no other when it was asked last."),
        std::string::npos)
        << error->what();
    EXPECT_EQ(error->attempts().size(), 1u);
  }
  EXPECT_EQ(vault.asked(), 2);  // Once for the key that was refused,
  vault.put("key_two");
  EXPECT_THROW(list(client), InvalidApiKeyError);
  EXPECT_EQ(vault.asked(), 2);
  clock->advance(1s);  // but not for ever.
  EXPECT_EQ(list(client), 50u);
  EXPECT_EQ(vault.asked(), 3);
}

TEST_P(RotationTest, WhereTheSourceFailsTheErrorStandsAndTellsOfThat) {
  const Client client(config);
  list(client);
  emulator.rotate_api_key("key_two");
  vault.put("key_two");
  vault.seal(true);
  const auto error = thrown<InvalidApiKeyError>([&] { list(client); });
  ASSERT_TRUE(error);
  EXPECT_NE(
      std::string(error->what())
          .find("The key came from a callback of the program's; asked for another: The callback that is to "
                "give the API key has thrown: the vault is sealed"),
      std::string::npos)
      << error->what();
  vault.seal(false);
  EXPECT_EQ(list(client), 50u);  // A failure is no answer, so it is asked again.
}

TEST_P(RotationTest, WithoutAnyKeyEachCallFailsAndAsksAnew) {
  class Told : public operate::Observer {
   public:
    void on(const operate::Event& event) override {
      if (event.kind == operate::EventKind::call) ++calls;
      if (event.kind == operate::EventKind::result && event.error) error = event.error->what();
    }
    std::atomic<int> calls{0};
    std::string error;
  };
  const auto told = std::make_shared<Told>();
  config.observer = told;
  vault.seal(true);
  const Client client(config);
  for (int i = 1; i <= 2; ++i) {
    const auto error = thrown<ConfigError>([&] { list(client); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->setting(), "Config::api_key");
    EXPECT_EQ(told->error, error->what());
    EXPECT_EQ(told->calls, i);
    EXPECT_EQ(vault.asked(), i);
  }
  EXPECT_TRUE(emulator.requests().empty());
  vault.seal(false);
  vault.put("");
  EXPECT_NE(std::string(thrown<ConfigError>([&] { list(client); })->what()).find("is empty"),
            std::string::npos);
  vault.put(emulator.api_key());
  EXPECT_EQ(list(client), 50u);
}

TEST_P(RotationTest, ASourceThatHasAnotherWrongKeyEachTimeIsNotAskedForEver) {
  int keys = 0;
  config.api_key = ApiKeySource::callback([&] { return "wrong_" + std::to_string(++keys); });
  const auto error = thrown<InvalidApiKeyError>([&] { list(Client(config)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->attempts().size(), 4u);
  EXPECT_EQ(keys, 4);
}

TEST_P(RotationTest, AKeyThatCannotChangeIsSentOnce) {
  config.api_key = emulator.expired_api_key();
  EXPECT_THROW(list(Client(config)), InvalidApiKeyError);
  EXPECT_EQ(emulator.requests().size(), 1u);
}

TEST_P(RotationTest, AKeyWithoutAccessIsNoReasonToAsk) {
  vault.put(emulator.forbidden_api_key());
  EXPECT_THROW(list(Client(config)), operate::PermissionDeniedError);
  EXPECT_EQ(vault.asked(), 1);
}

TEST_P(RotationTest, WhoeverWaitsForAnotherToAskIsCancelledAndKeepsItsDeadline) {
  config.clock = nullptr;
  std::latch asking(1), go_on(1);
  config.api_key = ApiKeySource::callback([&] {
    asking.count_down();
    go_on.wait();
    return emulator.api_key();
  });
  const Client client(config);
  auto first = std::async(std::launch::async, [&] { return list(client); });
  asking.wait();
  const operate::CancellationSource stop;
  operate::RequestOptions options;
  options.cancel = stop.token();
  auto second = std::async(std::launch::async, [&] { return list(client, options); });
  operate::RequestOptions short_of_time;
  short_of_time.deadline = 300ms;
  const auto late = thrown<operate::TimeoutError>([&] { list(client, short_of_time); });
  ASSERT_TRUE(late);
  EXPECT_EQ(late->limit(), operate::TimeLimit::api_key);
  EXPECT_FALSE(late->may_have_been_applied());
  stop.cancel();  // By now, the second waits as well.
  EXPECT_THROW(second.get(), operate::CancelledError);
  go_on.count_down();
  EXPECT_EQ(first.get(), 50u);
}

TEST_P(RotationTest, AFileIsReadAgainWhenItHasChanged) {
  const TemporaryFolder folder;
  const std::string path = folder.write("key", emulator.api_key() + "\n");
  config.api_key = ApiKeySource::file(path);
  const Client client(config);
  EXPECT_EQ(list(client), 50u);

  // Written anew in its place, as long as before, and again, at once.
  const std::string other(emulator.api_key().size(), 'b'), third(other.size(), 'c');
  for (const std::string& key : {other, third, other, third}) {
    folder.write("key", key + "\n");
    emulator.rotate_api_key(key);
    EXPECT_EQ(list(client), 50u);
  }
  EXPECT_EQ(emulator.requests().size(), 5u);  // None was refused.

  // Replaced by another, and by a symbolic link that leads elsewhere.
  emulator.rotate_api_key("key_four");
  std::filesystem::rename(folder.write("new", "key_four"), path);
  EXPECT_EQ(list(client), 50u);
  std::filesystem::create_symlink(folder.write("2026/key", "key_five"), folder.path("link"));
  std::filesystem::rename(folder.path("link"), path);
  emulator.rotate_api_key("key_five");
  EXPECT_EQ(list(client), 50u);
  EXPECT_EQ(emulator.requests().size(), 7u);
}

TEST_P(RotationTest, WhileAFileIsMissingOrEmptyTheLastKeyIsUsed) {
  const TemporaryFolder folder;
  const std::string path = folder.write("key", emulator.api_key());
  config.api_key = ApiKeySource::file(path);
  const auto metrics = std::make_shared<operate::Metrics>();
  config.observer = metrics;
  const Client client(config);
  std::filesystem::remove(path);
  EXPECT_EQ(list(client), 50u);
  folder.write("key", "");
  EXPECT_EQ(list(client), 50u);
  EXPECT_NE(metrics->text().find("\noperate_key_failures_total 1\n"), std::string::npos);
  clock->advance(30s);
  EXPECT_EQ(list(client), 50u);
  EXPECT_NE(metrics->text().find("\noperate_key_failures_total 2\n"), std::string::npos);

  emulator.rotate_api_key("key_two");
  const auto error = thrown<InvalidApiKeyError>([&] { list(client); });
  ASSERT_TRUE(error);
  EXPECT_NE(
      std::string(error->what()).find("asked for another: The API key from the file " + path + " is empty"),
      std::string::npos)
      << error->what();
  folder.write("key", "key_two");
  EXPECT_EQ(list(client), 50u);
}

TEST_P(RotationTest, ACommandIsRunAgainForANewKey) {
  const TemporaryFolder folder;
  folder.write("key", emulator.api_key());
  config.api_key = ApiKeySource::command({"cat", folder.path("key")});
  const Client client(config);
  EXPECT_EQ(list(client), 50u);
  folder.write("key", "key_two\n");
  EXPECT_EQ(list(client), 50u);  // It is not run for every call.
  emulator.rotate_api_key("key_two");
  EXPECT_FALSE(create(client).id.empty());
}

TEST_P(RotationTest, TheProgramEndsWithTheCallThatWaitsForIt) {
  config.clock = nullptr;
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo(folder.path("started").c_str(), 0600), 0);
  config.api_key =
      ApiKeySource::command({"/bin/sh", "-c", "echo $$ > " + folder.path("started") + "; sleep 600"});
  const Client client(config);
  const operate::CancellationSource stop;
  operate::RequestOptions options;
  options.cancel = stop.token();
  auto call = std::async(std::launch::async, [&] { return list(client, options); });
  pid_t process = 0;
  std::ifstream(folder.path("started")) >> process;
  ASSERT_GT(process, 0);
  stop.cancel();
  EXPECT_THROW(call.get(), operate::CancelledError);
  // For an async call it ends on the thread that waits for it, soon after the call.
  while (::kill(process, 0) == 0) std::this_thread::yield();

  options = {};
  options.deadline = 300ms;
  std::thread reader([&] { std::ifstream(folder.path("started")).get(); });
  const auto late = thrown<operate::TimeoutError>([&] { list(client, options); });
  reader.join();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->limit(), operate::TimeLimit::api_key);
}

TEST(KeySourceTest, ACallbackThatNeedsItselfIsRefused) {
  Emulator emulator(operate::test::emulator_options());
  Config config = emulator.config();
  std::unique_ptr<Client> client;
  config.api_key = ApiKeySource::callback([&] { return client->companies().list().begin()->id; });
  client = std::make_unique<Client>(config);
  const auto error = thrown<ConfigError>([&] { client->companies().list(); });
  ASSERT_TRUE(error);
  EXPECT_NE(std::string(error->what()).find("makes a call that needs it, by the same client"),
            std::string::npos)
      << error->what();
  EXPECT_THROW(ApiKeySource::callback({}), ConfigError);
}

TEST(KeySourceTest, TheLastClientWaitsForTheSourceAndItsCallsAreCancelled) {
  Emulator emulator(operate::test::emulator_options());
  Config config = emulator.config();
  std::latch asking(1), go_on(1);
  std::atomic<bool> returned{false};
  config.api_key = ApiKeySource::callback([&] {
    asking.count_down();
    go_on.wait();
    returned = true;
    return emulator.api_key();
  });
  auto client = std::make_unique<Client>(config);
  auto one = client->companies().list_async(), other = client->companies().list_async();
  asking.wait();
  std::thread last([&] { client.reset(); });
  EXPECT_THROW(one.get(), operate::CancelledError);
  EXPECT_THROW(other.get(), operate::CancelledError);
  go_on.count_down();
  last.join();
  EXPECT_TRUE(returned);
}

TEST(KeySourceTest, ALateRefusalSaysNothingOfAKeyThatHasComeBack) {
  std::latch late_is_there(1), late_goes_on(1);
  std::mutex mutex;
  std::string good = "key_one";
  std::atomic<int> requests{0};
  operate::test::RawServer server([&](operate::test::Connection& connection, int) {
    while (const auto request = connection.read_request()) {
      const bool is_late = requests++ == 0;
      if (is_late) {
        late_is_there.count_down();
        late_goes_on.wait();
      }
      const std::lock_guard lock(mutex);
      const bool is_good = !is_late && request->find("x-api-key: " + good + "\r\n") != std::string::npos;
      connection.answer(is_good ? 200 : 401, "{}");
    }
  });
  Vault vault("key_one");
  Config config = server.config();
  config.clock = std::make_shared<operate::testing::ManualClock>();
  config.api_key = ApiKeySource::callback([&] { return vault.read(); });
  const Client client(config);
  const operate::Request request = {"GET", "/x", {}, ""};
  auto late = std::async(std::launch::async, [&] { return client.call(request).status; });
  late_is_there.wait();
  for (const char* key : {"key_two", "key_one"}) {
    vault.put(key);
    {
      const std::lock_guard lock(mutex);
      good = key;
    }
    EXPECT_EQ(client.call(request).status, 200);
  }
  late_goes_on.count_down();
  EXPECT_EQ(late.get(), 200);
  EXPECT_EQ(vault.asked(), 3);
}

TEST(KeySourceTest, NeitherTheNewKeyNorTheOldOneIsShown) {
  operate::test::RawServer server([&](operate::test::Connection& connection, int) {
    for (int status = 401; connection.read_request(); status = 400)
      connection.answer(
          status,
          R"({"success":false,"error":{"type":"authentication_error","message":"of key_one_SENTINEL_1 and key_two_SENTINEL_2"}})");
  });
  int asked = 0;
  Config config = server.config();
  config.api_key = ApiKeySource::callback(
      [&] { return std::string(asked++ == 0 ? "key_one_SENTINEL_1" : "key_two_SENTINEL_2"); });
  const auto archive =
      std::make_shared<operate::HarRecorder>(operate::HarOptions{operate::EventDetail::bodies, 10});
  config.observer = archive;
  const auto error = thrown<operate::MissingApiKeyError>([&] {
    Client(config).call({"GET", "/key_one_SENTINEL_1", {}, "key_one_SENTINEL_1"});
  });
  ASSERT_TRUE(error);
  for (const std::string& text :
       {std::string(error->what()), error->report(), error->message(), error->body(), archive->text()})
    EXPECT_EQ(text.find("SENTINEL"), std::string::npos) << text;
}

TEST(KeySourceTest, TheChildOfAForkAsksForItself) {
  Emulator emulator(operate::test::emulator_options());
  Config config = emulator.config();
  std::latch asking(1), go_on(1);
  const pid_t parent = getpid();
  config.api_key = ApiKeySource::callback([&] {
    if (getpid() != parent) return emulator.api_key();
    asking.count_down();
    go_on.wait();
    return emulator.api_key();
  });
  const Client client(config);
  std::thread caller([&] { client.companies().list(); });
  asking.wait();
  EXPECT_TRUE(operate::test::holds_in_child([&] { return client.companies().list().size() == 50; }));
  go_on.count_down();
  caller.join();
}

// 64 threads that make calls, blocking and async, until they are told to end; each call must come to its
// value.
class CallsFrom64Threads {
 public:
  explicit CallsFrom64Threads(const Client& client) : client_(client) {
    for (std::size_t i = 0; i < made_.size(); ++i) threads_.emplace_back([this, i] { run(i); });
  }
  ~CallsFrom64Threads() { end(); }

  int made() const { return std::accumulate(made_.begin(), made_.end(), 0); }

  /// Until each thread has made a call that it began after this.
  void wait_for_a_round() const {
    std::array<int, 64> before;
    std::copy(made_.begin(), made_.end(), before.begin());
    for (std::size_t i = 0; i < made_.size(); ++i)
      for (int made = before[i]; made < before[i] + 2; made = made_[i]) made_[i].wait(made);
  }

  /// What went wrong.
  std::vector<std::string> end() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return errors_;
  }

 private:
  void run(std::size_t i) {
    while (!over_) {
      try {
        if (i % 4 == 0)
          client_.people().create(some_person());
        else if (i % 4 == 1)
          client_.companies().list_async({1, 0}).get();
        else
          client_.companies().list({1, 0});
      } catch (const std::exception& error) {
        const std::lock_guard lock(mutex_);
        errors_.emplace_back(error.what());
      }
      ++made_[i];
      made_[i].notify_all();
    }
  }

  const Client client_;
  std::atomic<bool> over_{false};
  std::array<std::atomic<int>, 64> made_{};
  std::mutex mutex_;
  std::vector<std::string> errors_;
  std::vector<std::thread> threads_;
};

// Counts the attempts that were refused.
class Refusals : public operate::Observer {
 public:
  void on(const operate::Event& event) override {
    if (event.kind != operate::EventKind::attempt || event.status != 401) return;
    ++count_;
    count_.notify_all();
  }
  int count() const { return count_; }
  void wait_for(int count) const {
    for (int now = count_; now < count; now = count_) count_.wait(now);
  }

 private:
  std::atomic<int> count_{0};
};

// By themselves, the threads' calls say when the key changes and when the one before goes, so that no call
// meets more than two of that; and the source answers once several of them want a key. `ROTATION_CALLS=N`: so
// many calls, while the key changes every 200 ms and the one before is good for 100 ms more, which a machine
// that is busy enough may outrun.
TEST(KeySourceTest, RotationUnderLoadFailsNoCallAndAsksOnceForEachChange) {
  const char* many = std::getenv("ROTATION_CALLS");
  for (const bool from_file : {false, true}) {
    Emulator emulator(operate::test::emulator_options());
    Config config = emulator.config();
    config.max_connections = 64;
    Vault vault(emulator.api_key());
    const TemporaryFolder folder;
    const std::string path = folder.write("key", emulator.api_key());
    const auto refusals = std::make_shared<Refusals>();
    config.observer = refusals;
    std::atomic<int> enough_refusals{0};
    config.api_key = from_file ? ApiKeySource::file(path) : ApiKeySource::callback([&] {
      refusals->wait_for(enough_refusals);
      return vault.read();
    });
    const Client client(config);
    client.companies().list({1, 0});

    int changes = 0;
    const auto change = [&](std::chrono::milliseconds keep_previous) {
      const std::string key = "key_" + std::to_string(++changes);
      emulator.rotate_api_key(key, keep_previous);
      vault.put(key);
      std::filesystem::rename(folder.write("next", key), path);
    };
    CallsFrom64Threads calls(client);
    if (many) {
      while (calls.made() < std::atoi(many)) {
        change(100ms);
        std::this_thread::sleep_for(200ms);  // The change itself; nothing is waited for.
      }
    } else {
      while (changes < 10) {
        const std::string previous = emulator.api_key();
        change(1h);
        calls.wait_for_a_round();
        enough_refusals = refusals->count() + 8;
        const std::string key = emulator.api_key();
        emulator.rotate_api_key(previous, 1h);
        emulator.rotate_api_key(key);  // From now on, the one before gets 401.
        calls.wait_for_a_round();
      }
    }
    const auto errors = calls.end();
    EXPECT_TRUE(errors.empty()) << errors.size() << " of " << calls.made()
                                << " calls, the first: " << errors.front();
    EXPECT_GE(changes, 2);
    if (!from_file && many) EXPECT_LE(vault.asked(), 1 + changes);
    if (!from_file && !many) EXPECT_EQ(vault.asked(), 1 + changes);
    RecordProperty(from_file ? "changes_of_the_file" : "changes", changes);
  }
}

}  // namespace
