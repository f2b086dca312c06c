// How far an exploration is => one line for a terminal, kept up to date while it lives.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace filibuster {

struct Progress {
  size_t done = 0;       // executions that have ended
  size_t failed = 0;     // of these
  size_t pruned = 0;     // fault sets
  size_t scheduled = 0;  // still to come, as far as is known
  std::string now;       // "foo → bar: connection error"; what is done at the moment
};

// "12 done, 1 failed, 30 scheduled, 4 pruned · foo → bar: timeout · 8.3/s · about 4 s". What does
// not fit is left out, from the end; the last thing that fits in part is cut.
std::string ProgressText(const Progress& progress, std::chrono::duration<double> elapsed,
                         int columns);

// Draws it on standard error, ten times a second.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // The line is gone.
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Set(Progress progress);

 private:
  void Draw();

  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable_any ended_;
  Progress progress_;
  std::jthread thread_;
};

}  // namespace filibuster
