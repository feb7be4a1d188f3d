#pragma once

#include <operate/operate.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>

// A small service: keeps the names of all companies, by their ids.
class CompanySync {
 public:
  // Called for the first client, and for another where the key was rotated meanwhile.
  using MakeClient = std::function<operate::Client()>;

  explicit CompanySync(MakeClient make_client)
      : make_client_(std::move(make_client)), client_(make_client_()) {}

  // Reads all of them anew, and keeps the old ones where that fails.
  void run() {
    try {
      read();
    } catch (const operate::InvalidApiKeyError&) {
      client_ = make_client_();
      read();
    }
  }

  const std::map<std::string, std::string>& names() const { return names_; }

 private:
  void read() {
    std::map<std::string, std::string> names;
    for (const operate::Company& company : client_.companies().list_all()) names[company.id] = company.name;
    names_ = std::move(names);
  }

  MakeClient make_client_;
  operate::Client client_;
  std::map<std::string, std::string> names_;
};
