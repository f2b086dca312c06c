#include "base/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace filibuster {
namespace {

constexpr int kUsualColumns = 80;

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// East Asian wide characters and pictures; combining marks and joiners.
constexpr std::array kWide = {
    Range{0x1100, 0x115f}, Range{0x2e80, 0xa4cf}, Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe30, 0xfe6f}, Range{0xff00, 0xff60}, Range{0x1f300, 0x1faff}, Range{0x20000, 0x3fffd}};
constexpr std::array kNone = {Range{0x300, 0x36f}, Range{0x200b, 0x200f}, Range{0xfe00, 0xfe0f}};

int ColumnsOfCharacter(std::uint32_t character) {
  const auto holds = [&](const Range& range) {
    return range.first <= character && character <= range.last;
  };
  if (std::ranges::any_of(kNone, holds)) return 0;
  return std::ranges::any_of(kWide, holds) ? 2 : 1;
}

// Takes the first character off `text`; bytes that are none of UTF-8 stand for themselves.
std::uint32_t TakeCharacter(std::string_view* text) {
  const auto lead = static_cast<unsigned char>(text->front());
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  std::uint32_t character = length == 1 ? lead : lead & (0x7fu >> length);
  size_t taken = 1;
  for (; taken < std::min(length, text->size()); ++taken) {
    const auto next = static_cast<unsigned char>((*text)[taken]);
    if ((next & 0xc0u) != 0x80) break;
    character = character << 6 | (next & 0x3fu);
  }
  text->remove_prefix(taken);
  return character;
}

std::string Shown(char c) {
  const bool is_control = (c >= '\0' && c < ' ') || c == '\x7f';
  return is_control ? fmt::format("\\x{:02x}", c) : std::string(1, c);
}

// U+0080 to U+009F, which some terminals take for the beginning of a control sequence.
std::string WithoutC1(std::string text) {
  for (size_t i = 0; (i = text.find('\xc2', i)) != text.npos && i + 1 < text.size(); ++i) {
    const auto next = static_cast<unsigned char>(text[i + 1]);
    if (next >= 0x80 && next <= 0x9f) text.replace(i, 2, fmt::format("\\x{:02x}", next));
  }
  return text;
}

std::mutex mutex;
std::string status_line;  // as it stands on the terminal

void Write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

// A terminal that has become narrower since has broken the line into several.
std::string Erased() {
  if (status_line.empty()) return {};
  const int rows = (ColumnsOf(status_line) - 1) / std::max(1, TerminalColumns(STDERR_FILENO));
  return rows > 0 ? fmt::format("\r\033[{}A\033[J", rows) : "\r\033[J";
}

}  // namespace

bool IsTerminal(int fd) {
  const char* term = std::getenv("TERM");
  return ::isatty(fd) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

int TerminalColumns(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kUsualColumns;
}

int ColumnsOf(std::string_view text) {
  int columns = 0;
  while (!text.empty()) columns += ColumnsOfCharacter(TakeCharacter(&text));
  return columns;
}

std::string FitColumns(std::string_view text, int columns) {
  if (ColumnsOf(text) <= columns) return std::string(text);
  if (columns < 1) return {};
  std::string_view rest = text;
  std::string_view fits = text.substr(0, 0);
  for (int taken = 0; !rest.empty(); fits = text.substr(0, text.size() - rest.size())) {
    taken += ColumnsOfCharacter(TakeCharacter(&rest));
    if (taken > columns - 1) break;
  }
  return std::string(fits) + "…";
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (const char c : text) printable += c == '\n' || c == '\t' ? std::string(1, c) : Shown(c);
  return WithoutC1(std::move(printable));
}

std::string PrintableLine(std::string_view text) {
  std::string printable;
  for (const char c : text) printable += Shown(c);
  return WithoutC1(std::move(printable));
}

void SetStatusLine(std::string text) {
  const std::lock_guard lock(mutex);
  if (text.empty() && status_line.empty()) return;
  const std::string erased = Erased();
  status_line = std::move(text);
  Write(erased + status_line);
}

void WriteToStandardError(std::string_view text) {
  const std::lock_guard lock(mutex);
  Write(Erased().append(text) + status_line);
}

}  // namespace filibuster
