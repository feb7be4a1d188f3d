// A list split over eight processes: each reads a range that no other has, and together they have the list,
// while it does not change: what moves from one range into another meanwhile may be missed, or come twice.
// Any job engine can hand the ranges out; here the program starts itself with each of them.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <operate/operate.hpp>
#include <string>
#include <vector>

namespace {

constexpr std::int64_t processes = 8;

std::vector<std::string> ids_of(const operate::Client& client, const operate::ListAllOptions& range) {
  std::vector<std::string> ids;
  for (const operate::Company& company : client.companies().list_all(range)) ids.push_back(company.id);
  return ids;
}

int work(const operate::Client& client, const std::string& offset, const std::string& count) {
  operate::ListAllOptions range;
  range.offset = std::stoll(offset);
  range.max_items = std::stoll(count);
  range.prefetch = 4;
  for (const std::string& id : ids_of(client, range)) std::cout << id << '\n';
  return 0;
}

int hand_out(const operate::Client& client, const std::string& program) {
  const std::int64_t total = client.companies().list({1, 0}).pagination().total;
  std::vector<std::FILE*> workers;
  for (std::int64_t i = 0; i < processes; ++i) {
    const std::int64_t begin = total * i / processes, end = total * (i + 1) / processes;
    const std::string command =
        "'" + program + "' " + std::to_string(begin) + ' ' + std::to_string(end - begin);
    if (std::FILE* worker = popen(command.c_str(), "r")) workers.push_back(worker);
  }
  std::vector<std::string> ids;
  bool good = true;  // A range that nobody reads shows in the comparison below.
  for (std::FILE* worker : workers) {
    char line[256];
    while (std::fgets(line, sizeof line, worker)) ids.emplace_back(line, std::strlen(line) - 1);
    good = pclose(worker) == 0 && good;
  }
  // Each range is in the list's order, and so are the ranges.
  good = good && ids == ids_of(client, {});
  std::cout << ids.size() << " of " << total << " companies by " << workers.size()
            << " processes: " << (good ? "the list" : "not the list") << '\n';
  return good ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const auto client = operate::Client::from_environment();
    return count == 3 ? work(client, arguments[1], arguments[2]) : hand_out(client, arguments[0]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
