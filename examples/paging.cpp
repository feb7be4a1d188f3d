// Reads a long list page by page and remembers how far it got, so that a job that was stopped goes on from
// there.
//   paging [OFFSET [MAX_ITEMS]]
#include <cstdlib>
#include <iostream>
#include <operate/operate.hpp>

int main(int argc, char** argv) {
  operate::ListAllOptions options;
  options.page_size = 25;
  if (argc > 1) options.offset = std::atoll(argv[1]);
  if (argc > 2) options.max_items = std::atoll(argv[2]);

  const auto client = operate::Client::from_environment();
  const auto companies = client.companies().list_all(options);
  try {
    for (const operate::Page<operate::Company>& page : companies.pages()) {
      for (const operate::Company& company : page) std::cout << company.name << '\n';
      std::cerr << page.next_offset() << " of " << page.pagination().total << '\n';
    }
  } catch (const operate::Error& error) {
    // The position is behind the last page that was worked off.
    std::cerr << error.what() << "\nGo on with: paging " << companies.position() << '\n';
    return 1;
  }
}
