#include <operate/operate.hpp>
#include <operate/resource.hpp>
#include <operate/testing/emulator.hpp>

#include <iostream>
#include <string>

namespace {

struct Deal {
  std::string id;
  std::string identifier;
};

void from_json(const nlohmann::json& json, Deal& deal) {
  json.at("id").get_to(deal.id);
  json.at("identifier").get_to(deal.identifier);
}

int failures = 0;

void check(bool good, const char* what) {
  if (good) return;
  std::cerr << "failed: " << what << '\n';
  ++failures;
}

}  // namespace

int main() {
  operate::testing::Emulator emulator;
  const operate::Client client(emulator.config());

  std::size_t companies = 0;
  for (const operate::Company& company : client.companies().list_all())
    companies += company.name.empty() ? 0 : 1;
  check(companies == 73, "all companies are listed");

  operate::NewPerson person;
  person.emails = {"ada@example.com"};
  person.full_name = "Ada Lovelace";
  check(client.people().create(person).full_name == "Ada Lovelace", "a person is created");

  emulator.add_route("GET", "/deals/list", [](const operate::testing::ReceivedRequest&) {
    return operate::testing::EmulatorResponse{
        200,
        {},
        R"({"success":true,"data":{"deals":[{"id":"7","identifier":"DEAL-7"}],)"
        R"("pagination":{"total":1,"limit":50,"offset":0}}})",
        {}};
  });
  check(operate::list<Deal>(client, "/deals/list", "deals")[0].identifier == "DEAL-7", "a deal is listed");

  operate::Config config = emulator.config();
  config.api_key = emulator.expired_api_key();
  const operate::Client expired(config);
  const auto result = operate::attempt([&] { return expired.companies().list(); });
  check(!result && dynamic_cast<const operate::InvalidApiKeyError*>(&result.error()) != nullptr,
        "an expired key is told by the error's type, across the library's border");
  try {
    client.companies().list({0, 0});
    check(false, "a limit of 0 is refused");
  } catch (const operate::ValidationError& error) {
    check(error.field() == "limit", "the refused field is named");
  }
  return failures == 0 ? 0 : 1;
}
