// Filibuster's log lines: `[FILIBUSTER] [INFO]: text`, on standard error.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace filibuster {

enum class LogLevel { kInfo, kNotice, kWarning, kFail };
enum class ColorMode { kAuto, kAlways, kNever };
enum class LogStyle { kLines, kForPeople };

// kAuto: colour on a terminal, unless NO_COLOR is set (https://no-color.org).
void SetColorMode(ColorMode mode);
// Whether what is written to this file descriptor is to be coloured.
bool UsesColor(int fd);
// Quiet: only warnings and failures are written.
void SetQuiet(bool quiet);
// kForPeople: no infos, and no prefix but "warning: "; what a person reads who watches a terminal.
void SetLogStyle(LogStyle style);

// One line per call, whole, from any thread.
void WriteLogLine(LogLevel level, std::string_view text);

template <typename... Args>
void LogInfo(fmt::format_string<Args...> format, Args&&... args) {
  WriteLogLine(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void LogNotice(fmt::format_string<Args...> format, Args&&... args) {
  WriteLogLine(LogLevel::kNotice, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void LogWarning(fmt::format_string<Args...> format, Args&&... args) {
  WriteLogLine(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void LogFail(fmt::format_string<Args...> format, Args&&... args) {
  WriteLogLine(LogLevel::kFail, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace filibuster
