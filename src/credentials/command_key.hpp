#pragma once

#include "credentials/key_provider.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace operate::credentials {

/// The key that a program writes to its standard output.
class CommandKey : public detail::KeyProvider {
 public:
  /// The command has a program, and no NUL; `setting` is what named it.
  CommandKey(std::vector<std::string> command, std::chrono::milliseconds time_limit, std::string setting);

  Kind kind() const noexcept override { return Kind::slow; }
  std::string name() const override { return name_; }
  detail::FetchedKey fetch(const detail::FetchContext& context) const override;
  void forbid_programs_of_settings() const override;

 private:
  [[noreturn]] void refuse(const std::string& problem, const std::string& said, bool retryable = false) const;

  const std::vector<std::string> command_;
  const std::chrono::milliseconds time_limit_;
  const std::string setting_;
  // Without its arguments, which may hold secrets.
  const std::string name_;
};

}  // namespace operate::credentials
