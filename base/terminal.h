// Text => what fits a terminal's line, and a last line that stays while others scroll past above.
#pragma once

#include <string>
#include <string_view>

namespace filibuster {

// A terminal whose cursor can be moved: not TERM=dumb.
bool IsTerminal(int fd);

// As wide as it is now; 80 where nobody knows.
int TerminalColumns(int fd);

// That `text`, UTF-8 without control characters, takes on a terminal.
int ColumnsOf(std::string_view text);

// At most so many columns of it; what was cut is a "…".
std::string FitColumns(std::string_view text, int columns);

// Control characters but tab and newline as \xNN: what others wrote must not steer the terminal.
std::string Printable(std::string_view text);
// These two as well: for one line.
std::string PrintableLine(std::string_view text);

// The last line of standard error's terminal, of one row at most; empty: none. From any thread.
void SetStatusLine(std::string text);

// To standard error, above the status line, if there is one. From any thread.
void WriteToStandardError(std::string_view text);

}  // namespace filibuster
