#include "base/console.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "base/terminal.h"

namespace filibuster {
namespace {

std::atomic<ColorMode> color_mode{ColorMode::kAuto};
std::atomic<bool> quiet{false};
std::atomic<LogStyle> log_style{LogStyle::kLines};

struct LevelStyle {
  const char* name;
  const char* color;
};

LevelStyle StyleOf(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return {"INFO", "\033[94m"};
    case LogLevel::kNotice:
      return {"NOTICE", "\033[92m"};
    case LogLevel::kWarning:
      return {"WARNING", "\033[93m"};
    case LogLevel::kFail:
      return {"FAIL", "\033[91m"};
  }
  return {"INFO", ""};
}

}  // namespace

bool UsesColor(int fd) {
  switch (color_mode.load()) {
    case ColorMode::kAlways:
      return true;
    case ColorMode::kNever:
      return false;
    case ColorMode::kAuto:
      break;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return (no_color == nullptr || *no_color == '\0') && !is_dumb && ::isatty(fd) == 1;
}

void SetColorMode(ColorMode mode) { color_mode = mode; }
void SetQuiet(bool value) { quiet = value; }
void SetLogStyle(LogStyle style) { log_style = style; }

void WriteLogLine(LogLevel level, std::string_view text) {
  if (quiet && (level == LogLevel::kInfo || level == LogLevel::kNotice)) return;
  const LevelStyle style = StyleOf(level);
  std::string line = fmt::format("[FILIBUSTER] [{}]: {}", style.name, text);
  if (log_style == LogStyle::kForPeople) {
    if (level == LogLevel::kInfo) return;
    line = fmt::format("{}{}", level == LogLevel::kWarning ? "warning: " : "", text);
  }
  if (UsesColor(STDERR_FILENO)) line = fmt::format("{}{}\033[0m", style.color, line);
  WriteToStandardError(line + "\n");
}

}  // namespace filibuster
