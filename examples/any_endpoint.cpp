// An endpoint that the SDK does not know, by its path. Operate documents no such path; the one here is made
// up, and so is the server.
#include <iostream>
#include <nlohmann/json.hpp>
#include <operate/operate.hpp>
#include <operate/testing/emulator.hpp>

int main() {
  operate::testing::Emulator emulator;
  emulator.add_route("POST", "/notes/create", [](const operate::testing::ReceivedRequest& request) {
    return operate::testing::EmulatorResponse{
        200, {}, R"({"success": true, "data": )" + request.body + "}", {}};
  });
  const operate::Client client(emulator.config());

  operate::Request request;
  request.method = "POST";
  request.path = "/notes/create";
  request.query = {{"notify", "no & never"}};  // Encoded by the SDK.
  request.body = nlohmann::json{{"text", "Call back on Monday"}}.dump();
  operate::RequestOptions options;
  options.deadline = std::chrono::seconds(10);
  options.headers = {{"X-Request-Id", "7f3a"}};

  // A POST is sent once unless options.safe_to_repeat says that the endpoint bears repetition.
  const operate::Response response = client.call(request, options);
  std::cout << response.status << ' ' << nlohmann::json::parse(response.body)["data"]["text"] << '\n';
}
