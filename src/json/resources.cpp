#include "json/resources.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <string_view>
#include <utility>

namespace operate::json {

namespace {

std::string text_or_empty(const Value& value) { return std::string(value.string().value_or("")); }

std::optional<std::string> optional_text(const Value& value) {
  const auto text = value.string();
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<int> optional_int(const Value& value) {
  const auto number = value.integer();
  if (!number || *number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
    return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

std::optional<Company> read_company(const Value& object) {
  auto id = optional_text(object["id"]);
  if (!id) return std::nullopt;
  return Company{std::move(*id), text_or_empty(object["name"]), JsonText(std::string(object.text()))};
}

Person read_person(const Value& answer, const std::string& text) {
  const Value data = answer["data"];
  const Value inner = data["person"];
  const Value object = inner.is(Kind::object) ? inner : data.is(Kind::object) ? data : answer;

  Person person;
  person.id = text_or_empty(object["id"]);
  person.full_name = text_or_empty(object["full_name"]);
  const Value email = object["email"];
  if (const auto one = email.string()) person.emails.emplace_back(*one);
  if (email.is(Kind::array))
    for (const Value& address : email.elements())
      if (const auto one = address.string()) person.emails.emplace_back(*one);
  person.cue = optional_text(object["cue"]);
  person.timezone = optional_text(object["timezone"]);
  person.location = optional_text(object["location"]);
  if (object["titles"].is(Kind::array))
    for (const Value& title : object["titles"].elements())
      if (title.is(Kind::object))
        person.titles.push_back({text_or_empty(title["title"]), optional_text(title["company_id"]),
                                 optional_int(title["order_index"])});
  person.raw = JsonText(object.is(Kind::object) ? std::string(object.text()) : text);
  return person;
}

std::string write_person(const NewPerson& person) {
  nlohmann::ordered_json body;
  if (person.emails.size() == 1)
    body["email"] = person.emails.front();
  else
    body["email"] = person.emails;
  body["full_name"] = person.full_name;
  if (person.cue) body["cue"] = *person.cue;
  if (person.timezone) body["timezone"] = *person.timezone;
  if (person.location) body["location"] = *person.location;
  for (const Title& title : person.titles) {
    nlohmann::ordered_json object = {{"title", title.title}};
    if (title.company_id) object["company_id"] = *title.company_id;
    if (title.order_index) object["order_index"] = *title.order_index;
    body["titles"].push_back(std::move(object));
  }
  std::string text = body.dump();

  // The members of `extra` go on behind these, byte for byte as they were given.
  constexpr std::string_view blanks = " \t\r\n";
  const std::string_view extra = person.extra.text();
  const std::size_t open = extra.find('{');
  if (open == std::string_view::npos) return text;
  const std::size_t first = extra.find_first_not_of(blanks, open + 1);
  if (extra[first] == '}') return text;
  text.back() = ',';
  const std::size_t last = extra.find_last_of('}');
  return text.append(extra.substr(first, last - first)).append("}");
}

}  // namespace operate::json
