#pragma once

#include <operate/json_text.hpp>

#include <optional>
#include <string>
#include <vector>

namespace operate {
inline namespace v0 {

/// What a person does at a company.
struct Title {
  std::string title = {};
  /// The UUID of a company.
  std::optional<std::string> company_id = {};
  std::optional<int> order_index = {};
};

/// A person to create, with the limits that the API documents. All text is UTF-8.
struct NewPerson {
  /// At least one address. One is sent as a string, as documented; several as an array, which is inferred
  /// from the documentation's wording.
  std::vector<std::string> emails = {};
  /// At least one character.
  std::string full_name = {};
  /// A short reminder; at most 280 characters, counted in code points.
  std::optional<std::string> cue = {};
  /// An IANA name, another name or an abbreviation: `America/New_York`, `Eastern Time`, `EST`.
  std::optional<std::string> timezone = {};
  /// Text for display, `Seattle, WA`.
  std::optional<std::string> location = {};
  std::vector<Title> titles = {};
  /// A JSON object with members that this SDK does not know; sent beside the others, byte for byte.
  JsonText extra = {};
};

/// A person as the server answered. The API documents no schema for this answer: a member that is missing, or
/// of another type than expected, is left empty here, and `raw` holds what came.
struct Person {
  std::string id = {};
  std::string full_name = {};
  std::vector<std::string> emails = {};
  std::optional<std::string> cue = {};
  std::optional<std::string> timezone = {};
  std::optional<std::string> location = {};
  std::vector<Title> titles = {};
  JsonText raw = {};
};

}  // namespace v0
}  // namespace operate
