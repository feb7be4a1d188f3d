// A coroutine that makes people out of lines `address name`: it reads as if it waited, and keeps no thread
// waiting. Any coroutine type will do; this one is the smallest.
#include <coroutine>
#include <future>
#include <iostream>
#include <operate/operate.hpp>
#include <string>

struct Job {
  struct promise_type {
    std::promise<int> value;
    Job get_return_object() { return {value.get_future()}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(int count) { value.set_value(count); }
    void unhandled_exception() { value.set_exception(std::current_exception()); }
  };
  std::future<int> count;
};

static Job create_people(operate::Client client, std::istream& lines) {
  int created = 0;
  std::string address, name;
  while (lines >> address && std::getline(lines >> std::ws, name)) {
    // Not made within `co_await`: see Async on GCC before 13.
    operate::NewPerson person;
    person.emails = {address};
    person.full_name = name;
    try {
      const operate::Person done = co_await client.people().create_async(person);
      std::cout << done.id << ' ' << done.full_name << '\n';
      ++created;
    } catch (const operate::Error& error) {
      std::cerr << name << ": " << error.what() << '\n';
      if (error.may_have_been_applied()) std::cerr << "Look in Operate before you try again.\n";
    }
  }
  co_return created;
}

int main() {
  const auto client = operate::Client::from_environment();
  std::cout << create_people(client, std::cin).count.get() << " created\n";
}
