// address in this process => file and line
//
// By elfutils' libdw, loaded when it is first needed: a process that makes no call gets nothing
// from us, and one without libdw goes on without lines. In the process, and not offline from a
// list of addresses, because the message that announces a call has the line in it. (A symbolizer
// program would be a child process of the service, which the service might see; libdw takes a few
// milliseconds for the first stack.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace filibuster {

struct SourceLine {
  std::string file;
  int line = 0;
};

// Short-lived: reads the process's modules at its first question.
class DebugLines {
 public:
  DebugLines() = default;
  ~DebugLines();
  DebugLines(const DebugLines&) = delete;
  DebugLines& operator=(const DebugLines&) = delete;

  // Nullopt if the module has no debug information in it.
  std::optional<SourceLine> Find(std::uintptr_t address);

 private:
  void* session_ = nullptr;  // a Dwfl*
  bool opened_ = false;
};

}  // namespace filibuster
