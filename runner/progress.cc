#include "runner/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/terminal.h"

namespace filibuster {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr int kLeastUsefulColumns = 12;  // of something that is cut

std::string CountsText(const Progress& progress) {
  std::string text = fmt::format("{} done", progress.done);
  if (progress.failed > 0) text += fmt::format(", {} failed", progress.failed);
  text += fmt::format(", {} scheduled", progress.scheduled);
  if (progress.pruned > 0) text += fmt::format(", {} pruned", progress.pruned);
  return text;
}

// For narrow terminals: "12/42, 1 failed".
std::string ShortCountsText(const Progress& progress) {
  std::string text = fmt::format("{}/{}", progress.done, progress.done + progress.scheduled);
  if (progress.failed > 0) text += fmt::format(", {} failed", progress.failed);
  return text;
}

std::string DurationText(double seconds) {
  if (seconds < 60) return fmt::format("{:.0f} s", seconds);
  const auto minutes = static_cast<long>(seconds / 60);
  if (minutes < 60) return fmt::format("{} min", minutes + 1);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace

std::string ProgressText(const Progress& progress, std::chrono::duration<double> elapsed,
                         int columns) {
  std::vector<std::string> parts;
  if (!progress.now.empty()) parts.push_back(progress.now);
  if (progress.done > 0 && elapsed.count() > 0) {
    const double rate = static_cast<double>(progress.done) / elapsed.count();
    parts.push_back(fmt::format("{:.{}f}/s", rate, rate < 100 ? 1 : 0));
    if (progress.scheduled > 0) {
      parts.push_back(
          fmt::format("about {}", DurationText(static_cast<double>(progress.scheduled) / rate)));
    }
  }
  std::string text = CountsText(progress);
  const int wanted = columns - (parts.empty() ? 0 : kLeastUsefulColumns + 3);
  if (ColumnsOf(text) > wanted) text = ShortCountsText(progress);
  for (const std::string& part : parts) {
    const int left = columns - ColumnsOf(text) - 3;
    if (left < std::min(ColumnsOf(part), kLeastUsefulColumns)) break;
    text += " · " + FitColumns(part, left);
  }
  return FitColumns(text, columns);
}

ProgressLine::ProgressLine()
    : thread_([this](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!ended_.wait_for(lock, stop, kBetweenDrawings, [] { return false; })) {
          if (stop.stop_requested()) break;
          Draw();
        }
      }) {}

ProgressLine::~ProgressLine() {
  thread_.request_stop();
  thread_.join();
  SetStatusLine("");
}

void ProgressLine::Set(Progress progress) {
  const std::lock_guard lock(mutex_);
  const bool is_first = progress_.now.empty();
  progress_ = std::move(progress);
  if (is_first) Draw();
}

// One column less than there are: a cursor behind the last one is elsewhere on each terminal.
void ProgressLine::Draw() {
  if (progress_.now.empty()) return;
  SetStatusLine(ProgressText(progress_, std::chrono::steady_clock::now() - started_,
                             TerminalColumns(STDERR_FILENO) - 1));
}

}  // namespace filibuster
