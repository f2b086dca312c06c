// A failure of ours, as a value. Services include this: C++17.
#pragma once

#include <iosfwd>
#include <string>

namespace filibuster {

// `message` reads `path:line: what was found, what was expected`: lower case, no full stop.
struct Error {
  std::string message;

  friend bool operator==(const Error& a, const Error& b) { return a.message == b.message; }
  friend bool operator!=(const Error& a, const Error& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream& out, const Error& error);
};

}  // namespace filibuster
