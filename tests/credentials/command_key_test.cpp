#include <operate/client.hpp>
#include <operate/error.hpp>

#include "credentials/child_process.hpp"
#include "support/environment.hpp"
#include "support/temporary_folder.hpp"
#include "support/thrown.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using operate::ApiKeySource;
using operate::CancellationSource;
using operate::CancellationToken;
using operate::Client;
using operate::Config;
using operate::ConfigError;
using operate::credentials::ChildOutcome;
using operate::credentials::run_program;
using operate::test::ScopedVariable;
using operate::test::TemporaryFolder;
using operate::test::thrown;
using End = ChildOutcome::End;

constexpr std::size_t most = 64u << 10;

ChildOutcome run(const std::vector<std::string>& command, const CancellationToken& cancel = {},
                 std::chrono::milliseconds time = 60s) {
  return run_program(command, most, time, cancel);
}
ChildOutcome shell(const std::string& script, const CancellationToken& cancel = {},
                   std::chrono::milliseconds time = 60s) {
  return run({"/bin/sh", "-c", script}, cancel, time);
}

TEST(ChildProcessTest, GivesWhatTheProgramWroteAndHowItEnded) {
  const auto outcome = shell("echo out; echo err >&2; exit 3");
  EXPECT_EQ(outcome.end, End::exited);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.output, "out\n");
  EXPECT_EQ(outcome.errors, "err\n");
  const auto killed = shell("kill -9 $$");
  EXPECT_EQ(killed.end, End::killed);
  EXPECT_EQ(killed.code, SIGKILL);
}

TEST(ChildProcessTest, ThereIsNoShellAndTheProgramIsLookedForInThePath) {
  EXPECT_EQ(run({"printf", "%s|", "$HOME", "`id`", "a b", "*", ""}).output, "$HOME|`id`|a b|*||");
  const auto none = run({"operate-no-such-program"});
  EXPECT_EQ(none.end, End::not_started);
  EXPECT_EQ(none.code, ENOENT);
  const TemporaryFolder folder;
  // A script without `#!` is for a shell to run.
  EXPECT_EQ(run({folder.write("script", "echo x", 0755)}).end, End::not_started);
  EXPECT_EQ(run({folder.write("no-program", "", 0600)}).code, EACCES);
}

TEST(ChildProcessTest, NothingOfThisProcessGoesToTheProgram) {
  const int open = ::open("/dev/null", O_RDONLY);  // Without O_CLOEXEC.
  ASSERT_GE(open, 3);
  const std::string is_open = "test -e /proc/$$/fd/" + std::to_string(open) + " && echo inherited";
  EXPECT_EQ(shell(is_open).output, "");
  ::close(open);
  EXPECT_EQ(shell("cat").output, "");  // Nothing to read, and no waiting for it.

  const ScopedVariable key("OPERATE_API_KEY", "sk_of_ours"), file("OPERATE_API_KEY_FILE", "/sk_of_ours"),
      source("OPERATE_API_KEY_SOURCE", "file:///sk_of_ours"), url("OPERATE_BASE_URL", "kept"),
      other("OPERATE_API_KEY_X", "kept");
  EXPECT_EQ(shell("env").output.find("sk_of_ours"), std::string::npos);
  EXPECT_EQ(shell("echo $OPERATE_BASE_URL $OPERATE_API_KEY_X $HOME").output,
            "kept kept " + std::string(std::getenv("HOME") ? std::getenv("HOME") : "") + "\n");

  // Signals are as they usually are, though the client's own thread blocks them all.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto signals = [](const std::string& name) {
    const auto line = shell("grep '^" + name + ":' /proc/self/status").output;
    // The two behind the usual 31 are the C library's own.
    return std::stoull(line.substr(name.size() + 1), nullptr, 16) & 0x7fff'ffff;
  };
  const auto pipe_before = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(signals("SigBlk"), 0u);
  EXPECT_EQ(signals("SigIgn"), 0u);
  std::signal(SIGPIPE, pipe_before);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(ChildProcessTest, WorksWhereTheStandardDescriptorsAreClosed) {
  const pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 3; ++i) ::close(i);
    const auto outcome = shell("echo out; echo err >&2");
    _exit(outcome.output == "out\n" && outcome.errors == "err\n" ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

// Whether a process has ended, which is looked at until it has.
bool ends(const std::string& process) {
  const auto number = static_cast<pid_t>(std::stol(process));
  while (::kill(number, 0) == 0) {
    // A zombie that waits for whoever inherited it has ended, too.
    std::ifstream status("/proc/" + process + "/status");
    std::string line;
    while (std::getline(status, line))
      if (line.rfind("State:\tZ", 0) == 0) return true;
    std::this_thread::yield();
  }
  return errno == ESRCH;
}

TEST(ChildProcessTest, TheProgramAndAllThatItStartedEndWithTheTime) {
  const auto outcome = shell("sleep 600 & echo $$ $!; trap '' TERM INT; wait", {}, 300ms);
  EXPECT_EQ(outcome.end, End::out_of_time);
  const auto blank = outcome.output.find(' ');
  ASSERT_NE(blank, std::string::npos) << outcome.output;
  EXPECT_TRUE(ends(outcome.output.substr(0, blank)));
  EXPECT_TRUE(ends(outcome.output.substr(blank + 1, outcome.output.size() - blank - 2)));
}

TEST(ChildProcessTest, TheProgramEndsWhenTheCallIsCancelled) {
  const TemporaryFolder folder;
  const std::string started = folder.path("started");
  ASSERT_EQ(mkfifo(started.c_str(), 0600), 0);
  CancellationSource stop;
  std::thread canceller([&] {
    std::ifstream(started).get();  // Once the program writes there, it runs.
    stop.cancel();
  });
  const auto outcome = shell("echo $$; echo > " + started + "; sleep 600", stop.token());
  canceller.join();
  EXPECT_EQ(outcome.end, End::cancelled);
  EXPECT_TRUE(ends(outcome.output.substr(0, outcome.output.size() - 1)));
  // And does not begin after that.
  EXPECT_EQ(shell("sleep 600", stop.token()).end, End::cancelled);
}

TEST(ChildProcessTest, OutputThatIsTooMuchEndsItAndErrorsAreKeptInPart) {
  const auto outcome = shell("yes");
  EXPECT_EQ(outcome.end, End::too_much);
  EXPECT_EQ(outcome.output.size(), most);
  const auto talkative = shell("yes | head -c 1000000 >&2; echo key");
  EXPECT_EQ(talkative.end, End::exited);
  EXPECT_EQ(talkative.output, "key\n");
  EXPECT_EQ(talkative.errors.size(), 4096u);
}

TEST(ChildProcessTest, WhatItLeavesBehindIsNotWaitedFor) {
  // The daemon holds both outputs open.
  const auto outcome = shell("sleep 600 & echo $!");
  EXPECT_EQ(outcome.end, End::exited);
  const auto daemon = static_cast<pid_t>(std::stol(outcome.output));
  EXPECT_EQ(::kill(daemon, SIGKILL), 0) << "it was to go on";
}

TEST(ChildProcessTest, AHostThatTakesTheNewsOfAllChildrenDoesNotDisturb) {
  struct sigaction ignore = {}, before = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGCHLD, &ignore, &before);
  const auto outcome = shell("echo key");
  sigaction(SIGCHLD, &before, nullptr);
  EXPECT_EQ(outcome.end, End::lost);
  EXPECT_EQ(outcome.output, "key\n");
}

// What a client says whose key comes from this command.
std::string refusal(const std::vector<std::string>& command, std::chrono::milliseconds limit = 60s) {
  Config config;
  config.base_url = "http://127.0.0.1:1";
  const Client client([&] {
    config.api_key = ApiKeySource::command(command, limit);
    return config;
  }());
  const auto error = thrown<ConfigError>([&] { client.companies().list(); });
  if (!error) return "";
  EXPECT_EQ(error->setting(), "Config::api_key");
  return error->what();
}

TEST(CommandKeyTest, EachWayToFailIsNamedWithTheProgramsOwnWords) {
  const std::string begin = "No API key from the program /bin/sh: it ";
  const auto script = [](const std::string& text) {
    return std::vector<std::string>{"/bin/sh", "-c", text + " # a-secret-argument"};
  };
  EXPECT_EQ(refusal(script("echo '[ERROR] you are not signed in' >&2; exit 6")),
            begin + "ended with the exit code 6. It says: [ERROR] you are not signed in.");
  EXPECT_EQ(refusal(script("exit 1")), begin + "ended with the exit code 1.");
  EXPECT_EQ(refusal(script("echo no vault >&2")),
            begin + "wrote nothing to its standard output. It says: no vault.");
  EXPECT_EQ(refusal(script("kill -6 $$")), begin + "was killed by signal 6.");
  EXPECT_EQ(refusal(script("yes")), begin + "wrote more than 64 KiB, and was ended.");
  EXPECT_EQ(refusal(script("echo waiting for a fingerprint >&2; sleep 600"), 300ms),
            begin + "did not end within 300 ms, and was ended. It says: waiting for a fingerprint.");
  EXPECT_EQ(refusal({"operate-no-such-program"}),
            "No API key from the program operate-no-such-program: it cannot be started: No such file or "
            "directory. It has to be installed, and this process's PATH to lead to it.");
  EXPECT_NE(refusal({"cat /etc/key"})
                .find("There is a blank in its name; each argument has to be a string of its own."),
            std::string::npos);
  const std::string blanks = refusal(script("echo sk_SENTINEL and more"));
  EXPECT_NE(blanks.find("The API key from the program /bin/sh has a blank"), std::string::npos) << blanks;
  EXPECT_EQ(blanks.find("SENTINEL"), std::string::npos) << blanks;
}

TEST(CommandKeyTest, AProgramThatGivesAKeyRunsNoneForItsOwn) {
  EXPECT_NE(shell("env").output.find("OPERATE_API_KEY_COMMAND_RUNS=1\n"), std::string::npos);
  const operate::test::ScopedVariable runs("OPERATE_API_KEY_COMMAND_RUNS", "1");
  EXPECT_NE(refusal({"/bin/sh", "-c", "echo key"})
                .find("it was not started, as this process itself was, to give an API key"),
            std::string::npos);
}

TEST(CommandKeyTest, TheErrorOfACallTellsOfTheCallAndWhetherItMayPass) {
  Config config;
  config.base_url = "http://127.0.0.1:1";
  for (const bool hangs : {false, true}) {
    config.api_key =
        ApiKeySource::command({"/bin/sh", "-c", hangs ? "sleep 600" : "exit 1"}, hangs ? 200ms : 60s);
    const auto error = thrown<ConfigError>([&] { Client(config).companies().list(); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->retryable(), hangs);
    EXPECT_NE(error->report().find(R"("method":"GET","path":"/companies/list")"), std::string::npos)
        << error->report();
  }
}

TEST(CommandKeyTest, AKeyInTheProgramsWordsIsTakenOut) {
  const std::string said =
      refusal({"/bin/sh", "-c", "set -x; echo sk_live_SENTINEL_0123456789; echo nothing\nelse >&2; exit 1"});
  EXPECT_NE(said.find("[api key]"), std::string::npos) << said;
  EXPECT_NE(said.find("nothing"), std::string::npos) << said;
  EXPECT_EQ(said.find("SENTINEL"), std::string::npos) << said;
  EXPECT_EQ(said.find('\n'), std::string::npos) << said;
}

TEST(CommandKeyTest, WhatCannotBeACommandIsRefusedWhereItIsGiven) {
  EXPECT_THROW(ApiKeySource::command({}), ConfigError);
  EXPECT_THROW(ApiKeySource::command({""}), ConfigError);
  EXPECT_THROW(ApiKeySource::command({"op", std::string("a\0b", 3)}), ConfigError);
  EXPECT_THROW(ApiKeySource::command({"op"}, 0ms), ConfigError);
}

}  // namespace
