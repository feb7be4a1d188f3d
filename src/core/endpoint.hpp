#pragma once

#include <array>
#include <string_view>

namespace operate::core {

struct Endpoint {
  std::string_view method;
  std::string_view path;
  std::string_view list_key;  ///< The member of `data` that holds the items; empty where it is no list.
  bool safe_to_repeat;
  std::string_view call;  ///< The method of its resource, by which tests/docs/rooms_test.pl finds its proofs.
  std::string_view documentation;  ///< Where Operate documents it.
};

/// Every endpoint that has a method of its own. The guides write their paths without a version and the
/// reference page writes `/v/alpha`; each keeps the spelling it is documented with.
inline constexpr std::array<Endpoint, 2> endpoints{{
    {"GET", "/companies/list", "companies", true, "companies().list",
     "guides \"Authentication\" and \"Pagination\""},
    {"POST", "/v/alpha/people/create", "", false, "people().create", "reference page \"people/create\""},
}};
inline constexpr const Endpoint& companies_list = endpoints[0];
inline constexpr const Endpoint& people_create = endpoints[1];

}  // namespace operate::core
