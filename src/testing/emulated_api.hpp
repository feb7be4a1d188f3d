#pragma once

#include <operate/testing/emulator.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace operate {
inline namespace OPERATE_ABI_NAMESPACE {
namespace testing {

/// The keys with which every emulator begins.
inline constexpr const char* good_key = "sk_emulator_good_1f0c7a52d94b4e6a";
inline constexpr const char* expired_key = "sk_emulator_expired_83be21c7f5a04d19";
inline constexpr const char* forbidden_key = "sk_emulator_forbidden_6d2e90ab47c83f51";

/// What Operate's documentation says, without sockets. Written from the documentation alone and sharing
/// nothing with the client's core, so that the two check each other.
class EmulatedApi {
 public:
  /// `state` is JSON; where it is empty, `companies` are invented. Throws std::invalid_argument.
  EmulatedApi(int companies, const std::string& state);

  /// A status other than 200 where the key is refused.
  EmulatorResponse check_key(const ReceivedRequest& request) const;
  std::string key() const;
  void rotate_key(std::string key, std::chrono::milliseconds keep_previous);

  EmulatorResponse list_companies(const ReceivedRequest& request) const;
  EmulatorResponse create_person(const ReceivedRequest& request);

  std::string state() const;
  /// Throws std::invalid_argument.
  void add_company(const std::string& company, std::optional<std::size_t> position);
  bool remove_company(const std::string& id);

  /// A refusal for which the documentation has no form.
  static EmulatorResponse undocumented(int status, const std::string& message);

 private:
  bool seeded_ = false;
  mutable std::mutex mutex_;  // Guards what follows.
  std::string key_ = good_key;
  /// Those from before, and until when they are good.
  std::map<std::string, std::chrono::steady_clock::time_point> previous_keys_;
  nlohmann::ordered_json companies_;
  unsigned people_created_ = 0;
  nlohmann::ordered_json people_ = nlohmann::ordered_json::array();
};

}  // namespace testing
}  // namespace OPERATE_ABI_NAMESPACE
}  // namespace operate
