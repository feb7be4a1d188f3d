#include "testing/emulated_api.hpp"

#include "testing/shallow_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <regex>
#include <stdexcept>
#include <utility>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

namespace {

using nlohmann::ordered_json;

EmulatorResponse error(int status, const char* type, const std::string& message) {
  const ordered_json body = {{"success", false}, {"error", {{"type", type}, {"message", message}}}};
  // A path, and a handler's words, may hold invalid UTF-8.
  return {status, {}, body.dump(-1, ' ', false, ordered_json::error_handler_t::replace), {}};
}

EmulatorResponse success(ordered_json data) {
  const ordered_json body = {{"success", true}, {"data", std::move(data)}};
  return {200, {}, body.dump(), {}};
}

std::string uuid(unsigned kind, unsigned number) {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-0000-4000-8000-%012x", kind, number);
  return text.data();
}

ordered_json make_company(int number) {
  static constexpr std::array<const char*, 10> first = {"Acme",  "Borealis", "Cedar",  "Delta", "Ember",
                                                        "Fjord", "Granite",  "Harbor", "Iris",  "Juniper"};
  static constexpr std::array<const char*, 8> second = {"Analytics", "Foods",    "Labs",   "Logistics",
                                                        "Robotics",  "Software", "Studio", "Works"};
  const auto index = static_cast<std::size_t>(number);
  std::string name =
      std::string(first[index % first.size()]) + " " + second[index / first.size() % second.size()];
  if (number >= 80) name.append(" ").append(std::to_string(number / 80 + 1));
  std::string domain = name;
  std::replace(domain.begin(), domain.end(), ' ', '-');
  std::transform(domain.begin(), domain.end(), domain.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  domain += ".example";
  ordered_json company = {{"id", uuid(0xc0, static_cast<unsigned>(number))},
                          {"name", name},
                          {"logo", nullptr},
                          {"domain", domain},
                          {"employees", 3 + number * 7 % 500},
                          {"active", number % 5 != 0},
                          {"tags", ordered_json::array({"customer", "slack"})},
                          {"address", {{"city", "Z\u00fcrich"}, {"country", "CH"}}}};
  if (number % 3 == 0) company["logo"] = "https://" + domain + "/logo.png";
  return company;
}

// The parameter as a number, or the default where it is not there; empty where it is no number.
std::optional<std::int64_t> number_of(const ReceivedRequest& request, const char* name,
                                      std::int64_t fallback) {
  for (const auto& [key, value] : request.query) {
    if (key != name) continue;
    std::int64_t number = 0;
    const char* const value_end = value.data() + value.size();
    const auto [end, error] = std::from_chars(value.data(), value_end, number);
    if (error != std::errc() || end != value_end) return std::nullopt;
    return number;
  }
  return fallback;
}

bool is_text(const ordered_json& value, std::size_t least = 0) {
  return value.is_string() && value.get_ref<const std::string&>().size() >= least;
}

bool has_id(const ordered_json& item) {
  return item.is_object() && item.contains("id") && is_text(item["id"], 1);
}

std::size_t code_points(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

[[noreturn]] void refuse_state(const std::string& problem) {
  throw std::invalid_argument("operate::testing::EmulatorOptions: the state " + problem +
                              R"(; it has the form {"companies": [{"id": "..."}], "people": []})");
}

// The first documented rule that a person breaks; empty where all are kept.
std::string broken_rule(const ordered_json& person) {
  if (!person.is_object()) return "The body is no JSON object";
  const auto email = person.find("email");
  if (email == person.end()) return "email is required";
  const bool several =
      email->is_array() && !email->empty() &&
      std::all_of(email->begin(), email->end(), [](const auto& one) { return is_text(one, 1); });
  if (!is_text(*email, 1) && !several) return "email is neither an address nor an array of addresses";
  const auto name = person.find("full_name");
  if (name == person.end() || !is_text(*name, 1)) return "full_name is required and has at least 1 character";
  for (const char* member : {"cue", "timezone", "location"})
    if (const auto value = person.find(member); value != person.end() && !value->is_string())
      return std::string(member) + " is no string";
  if (const auto cue = person.find("cue"); cue != person.end() && code_points(cue->get<std::string>()) > 280)
    return "cue has more than 280 characters";
  const auto titles = person.find("titles");
  if (titles == person.end()) return "";
  if (!titles->is_array()) return "titles is no array";
  for (const auto& title : *titles) {
    if (!title.is_object()) return "titles holds something else than objects";
    if (title.contains("title") && !title["title"].is_string()) return "titles[].title is no string";
    if (title.contains("order_index") && !title["order_index"].is_number())
      return "titles[].order_index is no number";
    const std::regex uuid_form("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    if (title.contains("company_id") &&
        !(title["company_id"].is_string() &&
          std::regex_match(title["company_id"].get<std::string>(), uuid_form)))
      return "titles[].company_id is no UUID";
  }
  return "";
}

}  // namespace

EmulatedApi::EmulatedApi(int companies, const std::string& state) : companies_(ordered_json::array()) {
  if (state.empty()) {
    if (companies < 0)
      throw std::invalid_argument("operate::testing::EmulatorOptions: the number of companies is negative");
    for (int i = 0; i < companies; ++i) companies_.push_back(make_company(i));
    return;
  }
  seeded_ = true;
  ordered_json whole = parse_shallow<ordered_json>(state);
  if (whole.is_discarded()) refuse_state("is no JSON, or too deep");
  if (!whole.is_object()) refuse_state("is no object");
  for (auto& [name, items] : whole.items()) {
    if (name != "companies" && name != "people") refuse_state("has an unknown member " + name);
    if (!items.is_array()) refuse_state("has " + name + " that are no array");
    for (std::size_t i = 0; i < items.size(); ++i)
      if (!has_id(items[i]))
        refuse_state("has " + name + "[" + std::to_string(i) + "], which is no object with a string id");
    (name == "people" ? people_ : companies_) = std::move(items);
  }
}

std::string EmulatedApi::state() const {
  const std::lock_guard lock(mutex_);
  return ordered_json{{"companies", companies_}, {"people", people_}}.dump();
}

void EmulatedApi::add_company(const std::string& company, std::optional<std::size_t> position) {
  ordered_json added = parse_shallow<ordered_json>(company);
  if (!has_id(added))
    throw std::invalid_argument(
        "operate::testing::Emulator::add_company: the company is no JSON object with a string id");
  const std::lock_guard lock(mutex_);
  const std::size_t place = position.value_or(companies_.size());
  if (place > companies_.size())
    throw std::invalid_argument("operate::testing::Emulator::add_company: the position " +
                                std::to_string(place) + " is behind the end");
  companies_.insert(companies_.begin() + static_cast<std::ptrdiff_t>(place), std::move(added));
}

bool EmulatedApi::remove_company(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto company = std::find_if(companies_.begin(), companies_.end(),
                                    [&](const ordered_json& one) { return one["id"] == id; });
  if (company == companies_.end()) return false;
  companies_.erase(company);
  return true;
}

EmulatorResponse EmulatedApi::undocumented(int status, const std::string& message) {
  return error(status, "undocumented", message);
}

EmulatorResponse EmulatedApi::check_key(const ReceivedRequest& request) const {
  const std::string key = request.header("x-api-key");
  if (key.empty()) return error(400, "authentication_error", "Missing API Key");
  if (key == forbidden_key)
    return error(403, "authentication_error", "API Key has no access to this resource");
  const std::lock_guard lock(mutex_);
  const auto previous = previous_keys_.find(key);
  const bool still_good =
      previous != previous_keys_.end() && std::chrono::steady_clock::now() < previous->second;
  if (key != key_ && !still_good) return error(401, "authentication_error", "Invalid or expired API Key");
  return {};
}

std::string EmulatedApi::key() const {
  const std::lock_guard lock(mutex_);
  return key_;
}

void EmulatedApi::rotate_key(std::string key, std::chrono::milliseconds keep_previous) {
  const auto until = std::chrono::steady_clock::now() +
                     std::min<std::chrono::milliseconds>(keep_previous, std::chrono::hours(24 * 365));
  const std::lock_guard lock(mutex_);
  previous_keys_[std::exchange(key_, std::move(key))] = until;
}

EmulatorResponse EmulatedApi::list_companies(const ReceivedRequest& request) const {
  const auto limit = number_of(request, "limit", 50);
  const auto offset = number_of(request, "offset", 0);
  if (!limit || *limit < 1 || *limit > 100) return undocumented(400, "limit is no number from 1 to 100");
  if (!offset || *offset < 0) return undocumented(400, "offset is no number of 0 or more");
  const std::lock_guard lock(mutex_);
  const auto total = static_cast<std::int64_t>(companies_.size());
  const auto begin = std::min(*offset, total);
  const auto end = std::min(begin + *limit, total);
  ordered_json page = ordered_json::array();
  for (auto i = begin; i < end; ++i) page.push_back(companies_[static_cast<std::size_t>(i)]);
  return success({{"companies", std::move(page)},
                  {"pagination", {{"total", total}, {"limit", *limit}, {"offset", *offset}}}});
}

EmulatorResponse EmulatedApi::create_person(const ReceivedRequest& request) {
  ordered_json person = parse_shallow<ordered_json>(request.body);
  const std::string broken = broken_rule(person);
  if (!broken.empty()) return undocumented(400, broken);
  // The documentation has no schema for the answer; this is what its envelope suggests.
  const std::lock_guard lock(mutex_);
  const auto is_taken = [&](const std::string& id) {
    return std::any_of(people_.begin(), people_.end(), [&](const auto& one) { return one["id"] == id; });
  };
  std::string id = uuid(0xbe, ++people_created_);
  while (seeded_ && is_taken(id)) id = uuid(0xbe, ++people_created_);
  person.erase("id");
  ordered_json created = {{"id", id}};
  created.update(person);
  people_.push_back(created);
  return success({{"person", std::move(created)}});
}

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
