#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace operate::test {

/// Whether this is so in the child of a fork, which does nothing else and ends.
template <class Check>
bool holds_in_child(const Check& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace operate::test
