#pragma once

#include <operate/cancellation.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace operate::credentials {

/// Set for a program that run_program() runs.
inline constexpr const char* runs_variable = "OPERATE_API_KEY_COMMAND_RUNS";

/// What became of a program.
struct ChildOutcome {
  enum class End {
    exited,       ///< By itself, with `code`.
    lost,         ///< By itself, and another part of this process has taken the news of how.
    killed,       ///< By the signal `code`, which was not sent from here.
    too_much,     ///< It wrote more than it may, and was ended.
    out_of_time,  ///< It was ended.
    cancelled,    ///< It was ended.
    not_started,  ///< `code` is the errno.
  };
  End end = End::not_started;
  int code = 0;
  std::string output = {};  ///< May hold a key: wipe it.
  std::string errors = {};  ///< The beginning of what it wrote to standard error; the same.
};

/// Runs a program, which is looked for in PATH, with its arguments as they stand: there is no shell. It gets
/// nothing to read, none of this process's open files, no signal handling but the usual, and the environment
/// without the variables that hold or name an API key, with runs_variable. It is a process group of its own,
/// which is ended as a whole where time runs out or the token is cancelled; has it ended by itself, what it
/// left behind goes on.
ChildOutcome run_program(const std::vector<std::string>& command, std::size_t most_output,
                         std::chrono::milliseconds time, const CancellationToken& cancel);

}  // namespace operate::credentials
