#pragma once

#include <operate/operate.hpp>

#include <cstddef>
#include <string>

namespace operate::bench {

/// A small answer: a list of one company.
inline const std::string page =
    R"({"success":true,"data":{"companies":[{"id":"c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11","name":"Acme",)"
    R"("logo":null,"domain":"acme.example","employees":12}],"pagination":{"total":1,"limit":1,"offset":0}}})";

/// CURLOPT_WRITEFUNCTION of what is written by hand.
inline std::size_t append(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

inline Client client_of(const std::string& url, const std::string& ca_file = {}) {
  Config config;
  config.api_key = "sk_benchmark";
  config.base_url = url;
  config.ca_file = ca_file;
  return Client(config);
}

}  // namespace operate::bench
