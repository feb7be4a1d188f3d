#pragma once

#include <string>

namespace operate::test {

/// A page of companies with the ids from `offset` on, as a server would answer it.
inline std::string companies_page(int total, int limit, int offset, int items) {
  std::string text = R"({"success":true,"data":{"companies":[)";
  for (int i = 0; i < items; ++i)
    text += (i ? "," : "") + (R"({"id":"id-)" + std::to_string(offset + i) + R"(","name":"Company"})");
  return text + R"(],"pagination":{"total":)" + std::to_string(total) + R"(,"limit":)" +
         std::to_string(limit) + R"(,"offset":)" + std::to_string(offset) + "}}}";
}

}  // namespace operate::test
