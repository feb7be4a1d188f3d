#include "credentials/command_key.hpp"

#include "core/on_one_line.hpp"
#include "core/redact.hpp"
#include "core/refuse.hpp"
#include "core/secret.hpp"
#include "credentials/child_process.hpp"
#include "credentials/environment.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

namespace operate::credentials {

namespace {

constexpr std::size_t most_output = 64u << 10;

}  // namespace

CommandKey::CommandKey(std::vector<std::string> command, std::chrono::milliseconds time_limit,
                       std::string setting)
    : command_(std::move(command)),
      time_limit_(time_limit),
      setting_(std::move(setting)),
      name_("the program " + core::on_one_line(command_.front().substr(0, command_.front().find(' ')))) {}

void CommandKey::forbid_programs_of_settings() const {
  if (setting_ == detail::setting_of_code) return;
  core::refuse_setting(setting_,
                       "the API key is to come from a program, and Config::allow_key_command says that no "
                       "setting may have one run. Name a file or a secrets manager instead.");
}

void CommandKey::refuse(const std::string& problem, const std::string& said, bool retryable) const {
  core::refuse_setting(setting_, "No API key from " + name_ + ": it " + problem + "." + core::it_says(said),
                       retryable);
}

detail::FetchedKey CommandKey::fetch(const detail::FetchContext& context) const {
  using End = ChildOutcome::End;
  // It would run itself, and so on: what a settings file names is there for its programs, too.
  if (is_set(runs_variable))
    refuse("was not started, as this process itself was, to give an API key (" + std::string(runs_variable) +
               " is set); its own has to come from elsewhere",
           {});
  const auto time_left = context.time_left();
  ChildOutcome outcome = run_program(command_, most_output, std::min(time_limit_, time_left), context.cancel);
  const core::WipeAtEnd wipe(outcome.output), wipe_errors(outcome.errors);
  const std::string_view key = without_newline(outcome.output);
  // A program that traces what it does may have written the key there, too. What stands in its place in full
  // may be there in part alone; and of what is too long for a key, no copy is looked for, which takes long.
  const bool is_whole = outcome.end == End::exited || outcome.end == End::lost;
  std::string said;
  if (key.empty()) said = outcome.errors;
  if (!key.empty() && is_whole && key.size() <= core::ApiKey::most) said = core::redact(outcome.errors, key);
  while (!said.empty() && static_cast<unsigned char>(said.back()) <= ' ') said.pop_back();
  switch (outcome.end) {
    case End::cancelled:
      return {};
    case End::out_of_time:
      if (time_left <= time_limit_) return {};
      refuse("did not end within " + std::to_string(time_limit_.count()) + " ms, and was ended", said,
             /*retryable=*/true);
    case End::too_much:
      refuse("wrote more than 64 KiB, and was ended", said);
    case End::killed:
      refuse("was killed by signal " + std::to_string(outcome.code), said);
    case End::not_started:
      refuse("cannot be started: " + std::generic_category().message(outcome.code) +
                 (outcome.code != ENOENT ? ""
                  : command_.front().find(' ') != std::string::npos
                      ? ". There is a blank in its name; each argument has to be a string of its own"
                      : ". It has to be installed, and this process's PATH to lead to it"),
             said);
    case End::exited:
      if (outcome.code != 0) refuse("ended with the exit code " + std::to_string(outcome.code), said);
      break;
    case End::lost:
      break;
  }
  if (key.empty()) refuse("wrote nothing to its standard output", said);
  return {std::make_shared<const core::ApiKey>(key, name_, setting_)};
}

}  // namespace operate::credentials
