#include "runtime/debug_lines.h"

#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

namespace filibuster {
namespace {

struct Libdw {
  decltype(&::dwfl_begin) begin;
  decltype(&::dwfl_end) end;
  decltype(&::dwfl_linux_proc_report) report;
  decltype(&::dwfl_report_end) report_end;
  decltype(&::dwfl_linux_proc_find_elf) find_elf;
  decltype(&::dwfl_addrmodule) module_of;
  decltype(&::dwfl_module_getsrc) line_of;
  decltype(&::dwfl_lineinfo) line_info;
};

template <typename Function>
bool Load(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
  return *function != nullptr;
}

// Null without libdw.
const Libdw* LoadLibdw() {
  static const Libdw* const libdw = []() -> const Libdw* {
    void* const library = ::dlopen("libdw.so.1", RTLD_LAZY | RTLD_LOCAL);
    static Libdw functions;
    const bool complete = library != nullptr && Load(library, "dwfl_begin", &functions.begin) &&
                          Load(library, "dwfl_end", &functions.end) &&
                          Load(library, "dwfl_linux_proc_report", &functions.report) &&
                          Load(library, "dwfl_report_end", &functions.report_end) &&
                          Load(library, "dwfl_linux_proc_find_elf", &functions.find_elf) &&
                          Load(library, "dwfl_addrmodule", &functions.module_of) &&
                          Load(library, "dwfl_module_getsrc", &functions.line_of) &&
                          Load(library, "dwfl_lineinfo", &functions.line_info);
    return complete ? &functions : nullptr;
  }();
  return libdw;
}

// libdw's own would look for separate files, in the network too if DEBUGINFOD_URLS says so.
int FindNoDebugInformation(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                           GElf_Word, char**) {
  return -1;
}

Dwfl* Open(const Libdw& libdw) {
  static const Dwfl_Callbacks callbacks = {libdw.find_elf, FindNoDebugInformation, nullptr,
                                           nullptr};
  Dwfl* const session = libdw.begin(&callbacks);
  if (session == nullptr) return nullptr;
  if (libdw.report(session, ::getpid()) == 0 && libdw.report_end(session, nullptr, nullptr) == 0) {
    return session;
  }
  libdw.end(session);
  return nullptr;
}

}  // namespace

DebugLines::~DebugLines() {
  if (session_ != nullptr) LoadLibdw()->end(static_cast<Dwfl*>(session_));
}

std::optional<SourceLine> DebugLines::Find(std::uintptr_t address) {
  const Libdw* const libdw = LoadLibdw();
  if (libdw == nullptr) return std::nullopt;
  if (!opened_) session_ = Open(*libdw);
  opened_ = true;
  auto* const session = static_cast<Dwfl*>(session_);
  if (session == nullptr) return std::nullopt;
  Dwfl_Module* const module = libdw->module_of(session, address);
  if (module == nullptr) return std::nullopt;
  Dwfl_Line* const line = libdw->line_of(module, address);
  if (line == nullptr) return std::nullopt;
  SourceLine result;
  const char* const file = libdw->line_info(line, nullptr, &result.line, nullptr, nullptr, nullptr);
  if (file == nullptr || result.line == 0) return std::nullopt;
  result.file = file;
  return result;
}

}  // namespace filibuster
