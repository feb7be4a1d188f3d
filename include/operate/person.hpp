#pragma once

#include <operate/json_text.hpp>
#include <operate/transfer.hpp>
#include <operate/version.hpp>

#include <optional>
#include <string>
#include <vector>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {

/// What a person does at a company.
struct Title {
  /// What it is called, `CTO` for example.
  std::string title = {};
  /// The UUID of a company.
  std::optional<std::string> company_id = {};
  /// Its place among the person's titles; left out where it is not set.
  std::optional<int> order_index = {};
};

/// A person to create, with the limits that the API documents. All text is UTF-8. What is sent:
///
///     {"email": "ada@example.com", "full_name": "Ada Lovelace", "cue": "...", "timezone": "...",
///      "location": "...", "titles": [{"title": "CTO", "company_id": "...", "order_index": 0}]}
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
  /// Positions at companies; none by default.
  std::vector<Title> titles = {};
  /// A JSON object with members that this SDK does not know; sent beside the others, byte for byte.
  JsonText extra = {};
};

/// A person as the server answered. The API documents no schema for this answer: a member that is missing, or
/// of another type than expected, is left empty here, and `raw` holds what came.
struct Person {
  /// Empty where the answer holds none: Operate documents no answer to a create.
  std::string id = {};
  /// Empty where the answer holds none.
  std::string full_name = {};
  /// Empty where the answer holds none.
  std::vector<std::string> emails = {};
  /// Not set where the answer holds none.
  std::optional<std::string> cue = {};
  /// Not set where the answer holds none.
  std::optional<std::string> timezone = {};
  /// Not set where the answer holds none.
  std::optional<std::string> location = {};
  /// Empty where the answer holds none.
  std::vector<Title> titles = {};
  /// The whole answer's person as the server sent it.
  JsonText raw = {};
  /// What the attempt that brought the answer did on the wire.
  Transfer transfer = {};
};

}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
