// Creates a person with a title at a company. The SDK sends her once; where she may have been created all the
// same, the error says so.
#include <iostream>
#include <operate/operate.hpp>

int main() {
  operate::NewPerson ada;
  ada.emails = {"ada@example.com", "ada@analytical.example"};
  ada.full_name = "Ada Lovelace";
  ada.cue = "Wrote the first program; met at the science fair";
  ada.timezone = "Europe/London";

  try {
    const auto client = operate::Client::from_environment();
    const auto companies = client.companies().list({1, 0});
    if (!companies.empty()) ada.titles = {{"Analyst", companies[0].id, 0}};
    const operate::Person created = client.people().create(ada);
    std::cout << "created " << created.full_name << " with the id " << created.id << '\n';
  } catch (const operate::ValidationError& error) {
    std::cerr << "nothing was sent: " << error.what() << '\n';
    return 1;
  } catch (const operate::Error& error) {
    std::cerr << error.what() << '\n'
              << (error.may_have_been_applied() ? "Look whether she is there before you try again.\n"
                  : error.retryable()           ? "She was not created; try again later.\n"
                                      : "She was not created; mend the cause before you try again.\n");
    return 1;
  }
}
