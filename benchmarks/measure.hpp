#pragma once

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace operate::bench {

/// Throws where a benchmark did not do what it measures.
inline void require(bool good, const char* what = "a call failed") {
  if (!good) throw std::runtime_error(what);
}

/// From now on, this thread and those that it starts run on one core.
inline void pin_to(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

/// What all threads of this process have used.
inline double cpu_microseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

/// What `work` gives in a process of its own, on core 0.
inline double in_child(const std::function<double()>& work) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "no pipe");
  const pid_t child = fork();
  if (child == 0) {
    pin_to(0);
    double result = -1;
    try {
      result = work();
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
    }
    _exit(write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  double result = -1;
  close(ends[1]);
  const bool came = read(ends[0], &result, sizeof result) == sizeof result;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  require(came && result >= 0, "a measurement failed");
  return result;
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// One of the two things that are compared.
struct Candidate {
  const char* name;
  std::function<double()> work;
};

/// Measures both in turns, each time in a new process, and prints the medians and that of the ratio of the
/// second to the first. Gives the second's median.
inline double compare(const std::string& what, const char* unit, int rounds, const Candidate& base,
                      const Candidate& other) {
  std::vector<double> of_base, of_other, ratios;
  for (int round = 0; round < rounds; ++round) {
    of_base.push_back(in_child(base.work));
    of_other.push_back(in_child(other.work));
    ratios.push_back(of_other.back() / of_base.back());
  }
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  std::cout << std::fixed << std::setprecision(2) << what << ": " << base.name << ' ' << median(of_base)
            << ' ' << unit << ", " << other.name << ' ' << median(of_other) << ' ' << unit << ", ratio "
            << median(ratios) << " (" << *least << " to " << *most << ")" << std::endl;
  return median(of_other);
}

}  // namespace operate::bench
