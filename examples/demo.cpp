// The main job: lists all companies page by page and creates a person. Without OPERATE_API_KEY it does so
// against an emulator in this program; with it, it lists from the real API and creates nothing.
#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

void list_companies(const operate::Client& client) {
  operate::ListAllOptions options;
  options.page_size = 25;
  const auto all = client.companies().list_all(options);
  std::int64_t total = 0;
  for (const operate::Page<operate::Company>& page : all.pages()) {
    total = page.pagination().total;
    if (page.empty()) continue;
    std::cout << "companies " << page.pagination().offset + 1 << " to " << page.next_offset() << " of "
              << total << ", beginning with " << page[0].name << '\n';
  }
  std::cout << total << " companies\n";
}

void create_person(const operate::Client& client) {
  operate::NewPerson ada;
  ada.emails = {"ada@example.com"};
  ada.full_name = "Ada Lovelace";
  ada.timezone = "Europe/London";
  const operate::Person created = client.people().create(ada);
  std::cout << "created " << created.full_name << " with the id " << created.id << '\n';
}

}  // namespace

int main() {
  try {
    const char* key = std::getenv("OPERATE_API_KEY");
    if (key && *key) {
      std::cout << "Listing from the API; nothing is created.\n";
      list_companies(operate::Client::from_environment());
    } else {
      std::cout << "OPERATE_API_KEY is not set, so this runs against the emulator.\n";
      const operate::testing::Emulator emulator;
      const operate::Client client(emulator.config());
      list_companies(client);
      create_person(client);
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
