// On the client's own thread, memory may run out anywhere: one allocation after the other fails there, once.
// Each call ends once all the same, and the next one goes well.
#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr int never = -1;
std::atomic<int> fails_after{never};
thread_local bool is_clients_thread = false;

void* allocate(std::size_t size) {
  if (is_clients_thread && fails_after.load() != never && fails_after.fetch_sub(1) == 0)
    throw std::bad_alloc();
  void* volatile memory = std::malloc(size ? size : 1);  // Volatile: _FORTIFY_SOURCE knows no size then.
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using operate::Client;
using operate::Company;
using operate::Page;
using operate::Result;

// What a call may end in while memory runs out.
bool ends(const std::function<void()>& call) {
  try {
    call();
  } catch (const operate::Error&) {
  } catch (const std::bad_alloc&) {
  } catch (...) {
    return false;
  }
  return true;
}

bool tells_its_callback(const Client& client) {
  std::promise<bool> told;
  std::atomic<int> times{0};
  client.companies().list_async().then([&](Result<Page<Company>> result) {
    if (++times == 1) told.set_value(result || *result.error().what() != '\0');
  });
  const bool good = told.get_future().get();
  // Behind which another time would have been.
  return ends([&] { client.companies().list_async({1, 0}).get(); }) && good && times == 1;
}

// What it throws goes to the observer, if there is memory to tell of it.
bool survives_its_callback(const Client& client) {
  std::promise<void> told;
  client.call_async({"GET", "/a/path/that/is/longer/than/short/texts", {}, ""}).then([&](const auto&) {
    told.set_value();
    throw std::bad_alloc();
  });
  told.get_future().get();
  return ends([&] { client.companies().list_async({1, 0}).get(); });
}

// The key is refused, and its source has no other.
bool survives_a_key(const Client& client) {
  return ends([&] { client.call_async({"GET", "/refused", {}, ""}).get(); });
}

bool ends_where_it_is_cancelled(const Client& client) {
  auto one = client.companies().list_async();
  auto other = client.companies().list_async();
  one.cancel();
  return ends([&] { one.get(); }) && ends([&] { other.get(); });
}

bool is_sent_again(const Client& client) {
  return ends([&] { client.call_async({"GET", "/busy", {}, ""}).get(); });
}

bool lists_everything(const Client& client) {
  const auto companies = client.companies().list_all({10, 0, {}, 4});
  std::multiset<std::string> ids;
  const auto read = [&] {
    for (const Company& company : companies) ids.insert(company.id);
  };
  // The second time, there is memory again.
  return ends(read) && ends(read) && ids.size() == 73 && std::set(ids.begin(), ids.end()).size() == 73;
}

// How many places there were for an allocation to fail; -1 where something went wrong. How many a run has
// depends on which thread is faster, so that it takes several that have fewer to be sure.
int places_of(bool (*scenario)(const Client&), const operate::Config& config) {
  for (int place = 0, beyond = 0;; ++place) {
    const Client client(config);
    std::promise<void> marked;
    client.companies().list_async({1, 0}).then([&](const Result<Page<Company>>&) {
      is_clients_thread = true;
      marked.set_value();
    });
    marked.get_future().get();
    fails_after = place;
    const bool good = scenario(client);
    const bool was_reached = fails_after.exchange(never) == never;
    if (!good || client.companies().list_async({1, 0}).get().size() != 1) {
      std::cout << "FAILED at allocation " << place << std::endl;
      return -1;
    }
    beyond = was_reached ? 0 : beyond + 1;
    if (beyond == 5) return place - 4;
  }
}

}  // namespace

int main() {
  operate::testing::Emulator emulator;
  emulator.add_route("GET", "/busy", [](const operate::testing::ReceivedRequest&) {
    return operate::testing::EmulatorResponse{503, {}, "{}", {}};
  });
  emulator.add_route("GET", "/refused", [](const operate::testing::ReceivedRequest&) {
    return operate::testing::EmulatorResponse{401, {}, "{}", {}};
  });
  auto config = emulator.config();
  config.observer = operate::log_lines(operate::LogLevel::debug, [](std::string_view) {});
  config.api_key = operate::ApiKeySource::callback([&, times = 0]() mutable -> std::string {
    if (++times % 2 == 1) return emulator.api_key();
    throw std::runtime_error("a source of keys that has no other today");
  });
  config.retry = {1, std::chrono::milliseconds(1), std::chrono::milliseconds(1)};
  const struct {
    const char* name;
    bool (*run)(const Client&);
  } scenarios[] = {{"a callback", tells_its_callback},
                   {"a callback that throws", survives_its_callback},
                   {"a key that is refused", survives_a_key},
                   {"cancelled calls", ends_where_it_is_cancelled},
                   {"a retry", is_sent_again},
                   {"a list that is fetched ahead", lists_everything}};
  for (const auto& [name, run] : scenarios) {
    const int places = places_of(run, config);
    std::cout << name << ": " << places << " places" << std::endl;
    if (places < 1) return 1;
  }
}
