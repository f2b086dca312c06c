// One line on standard error, as the tool's own log lines look. Services have no other logger of
// ours, and nothing is written while injection is off.
#pragma once

#include <cstdio>
#include <string>

namespace filibuster {

inline void Tell(const char* level, const std::string& text) {
  const std::string line = std::string("[FILIBUSTER] [") + level + "]: " + text + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

inline void Warn(const std::string& text) { Tell("WARNING", text); }
inline void Notice(const std::string& text) { Tell("NOTICE", text); }

}  // namespace filibuster
