// A resource that the SDK does not have, as a struct of your own: a deal. Operate documents no path for
// deals; the one here is made up, and so is the server.
#include <iostream>
#include <operate/operate.hpp>
#include <operate/resource.hpp>
#include <operate/testing/emulator.hpp>

namespace crm {

struct Deal {
  std::string id, identifier, amount;
};

void from_json(const nlohmann::json& json, Deal& deal) {
  json.at("id").get_to(deal.id);
  deal.identifier = json.value("identifier", "");
  deal.amount = json.value("amount", "");
}

}  // namespace crm

int main() {
  operate::testing::Emulator emulator;
  emulator.add_route("GET", "/deals/list", [](const operate::testing::ReceivedRequest&) {
    return operate::testing::EmulatorResponse{200,
                                              {},
                                              R"({"success": true, "data": {
      "deals": [{"id": "d1", "identifier": "DEAL-001", "amount": "990000", "is_draft": false}],
      "pagination": {"total": 1, "limit": 50, "offset": 0}}})",
                                              {}};
  });

  // Retries, limits, errors and paging are the same as for the SDK's own resources.
  const operate::Client client(emulator.config());
  for (const crm::Deal& deal : operate::list_all<crm::Deal>(client, "/deals/list", "deals")) {
    std::cout << deal.identifier << ": " << deal.amount << " cents\n";
  }
}
