#pragma once

#include "measure.hpp"

#include <operate/operate.hpp>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace operate::bench {

/// A small answer: a list of one company.
inline const std::string page =
    R"({"success":true,"data":{"companies":[{"id":"c9a0dcbc-6a4d-4d0e-9d4f-9f5b7d3f1a11","name":"Acme",)"
    R"("logo":null,"domain":"acme.example","employees":12}],"pagination":{"total":1,"limit":1,"offset":0}}})";

/// What a careful engineer has in the place of the SDK: a handle for any number of requests, which wants a
/// URL and puts what comes into `body`. It is left to the process's end.
inline CURL* easy_by_hand(std::string& body, const std::string& ca_file = {}) {
  static curl_slist* const headers =
      curl_slist_append(curl_slist_append(nullptr, "x-api-key: sk_benchmark"), "Accept: application/json");
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "by-hand/1.0");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30'000L);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  if (!ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(
      easy, CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t size, std::size_t count, void* to) {
        static_cast<std::string*>(to)->append(data, size * count);
        return size * count;
      });
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
  return easy;
}

/// The same for the small answer: id and name alone.
inline void read_companies(const std::string& body) {
  const auto json = nlohmann::json::parse(body);
  require(json.at("success").get<bool>());
  std::vector<std::pair<std::string, std::string>> companies;
  for (const auto& item : json.at("data").at("companies"))
    companies.emplace_back(item.at("id"), item.at("name"));
  require(json.at("data").at("pagination").at("total") == 1 && companies.size() == 1);
}

inline Client client_of(const std::string& url, const std::string& ca_file = {}) {
  Config config;
  config.api_key = "sk_benchmark";
  config.base_url = url;
  config.ca_file = ca_file;
  return Client(config);
}

}  // namespace operate::bench
