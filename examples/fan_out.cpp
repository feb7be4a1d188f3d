// Many calls at once, each with a callback. It runs on the client's own thread, so it only notes the result.
#include <cstdint>
#include <iostream>
#include <latch>
#include <map>
#include <mutex>
#include <operate/operate.hpp>

int main() {
  const auto client = operate::Client::from_environment();
  std::mutex mutex;
  std::map<std::int64_t, operate::Page<operate::Company>> pages;
  int failed = 0;

  constexpr int count = 4, size = 25;
  std::latch done(count);
  for (int i = 0; i < count; ++i) {
    operate::ListOptions options;
    options.limit = size;
    options.offset = std::int64_t{size} * i;
    client.companies().list_async(options).then(
        [&, offset = options.offset](operate::Result<operate::Page<operate::Company>> result) {
          {
            const std::lock_guard lock(mutex);
            if (result)
              pages[offset] = std::move(result.value());
            else
              ++failed;
          }
          done.count_down();  // From here on, main() may end, and the mutex with it.
        });
  }
  done.wait();

  for (const auto& [offset, page] : pages)
    for (const operate::Company& company : page) std::cout << company.name << '\n';
  return failed == 0 ? 0 : 1;
}
