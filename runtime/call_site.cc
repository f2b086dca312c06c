#include "filibuster/call_site.h"

#include <elf.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/debug_lines.h"
#include "runtime/forks.h"

namespace filibuster {
namespace {

constexpr int kMaxFrames = 64;

struct Frame {
  std::uintptr_t address = 0;  // inside the call instruction, not behind it
  bool of_application = false;
  bool ours = false;
  std::string in_module;  // "<build id>+<offset>"
};

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool IsOurs(std::string_view path) {
  return StartsWith(path.substr(path.rfind('/') + 1), "libfilibuster-preload");
}

bool IsOfSystem(std::string_view path) {
  return StartsWith(path, "/lib") || StartsWith(path, "/usr/lib") || path == "linux-vdso.so.1";
}

std::string Hex(const unsigned char* bytes, size_t size) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) text += {kHex[bytes[i] >> 4], kHex[bytes[i] & 15]};
  return text;
}

std::string BuildId(const dl_phdr_info& module) {
  for (int i = 0; i < module.dlpi_phnum; ++i) {
    const auto& header = module.dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const auto* note = reinterpret_cast<const char*>(module.dlpi_addr + header.p_vaddr);
    const char* const end = note + header.p_memsz;
    const auto padded = [](size_t size) { return (size + 3) & ~size_t{3}; };
    while (note + sizeof(ElfW(Nhdr)) <= end) {
      const auto* const head = reinterpret_cast<const ElfW(Nhdr)*>(note);
      const char* const name = note + sizeof *head;
      const char* const value = name + padded(head->n_namesz);
      if (head->n_type == NT_GNU_BUILD_ID && std::string_view(name, 3) == "GNU") {
        return Hex(reinterpret_cast<const unsigned char*>(value), head->n_descsz);
      }
      note = value + padded(head->n_descsz);
    }
  }
  return "";
}

// Called with each module in turn; the first is the program itself.
int Locate(dl_phdr_info* module, size_t, void* data) {
  const std::string_view path = module->dlpi_name;
  std::optional<std::string> build_id;
  for (Frame& frame : *static_cast<std::vector<Frame>*>(data)) {
    if (!frame.in_module.empty()) continue;
    for (int i = 0; i < module->dlpi_phnum; ++i) {
      const auto& header = module->dlpi_phdr[i];
      const std::uintptr_t offset = frame.address - module->dlpi_addr;
      if (header.p_type != PT_LOAD || offset - header.p_vaddr >= header.p_memsz) continue;
      if (!build_id) build_id = BuildId(*module);
      char text[2 * sizeof offset + 1];
      std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(offset));
      frame.in_module = *build_id + "+" + text;
      frame.ours = IsOurs(path);
      frame.of_application = !frame.ours && !IsOfSystem(path);
    }
  }
  return 0;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Between the service's code and the client library: instrumentation, templates, generated stubs.
bool IsStub(std::string_view file) {
  for (const std::string_view part : {"/include/filibuster/", "/grpcpp/", "/include/thrift/",
                                      "/gen-cpp/", "/include/cpprest/", "/include/pplx/"}) {
    if (file.find(part) != file.npos) return true;
  }
  return EndsWith(file, ".pb.cc") || EndsWith(file, ".pb.h");
}

// A std::function calls what it holds from here, and the frame of a lambda that ends in the call
// may be gone: a place that tells nothing, and that the analysis does not have.
bool IsOfStandardLibrary(std::string_view file) { return file.find("/include/c++/") != file.npos; }

CallSite Resolve(const std::vector<void*>& addresses) {
  std::vector<Frame> frames(addresses.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    frames[i].address = reinterpret_cast<std::uintptr_t>(addresses[i]) - 1;
  }
  ::dl_iterate_phdr(Locate, &frames);
  // A program of the system's, such as curl itself, is all that is left when nothing else is.
  const bool has_application = std::any_of(frames.begin(), frames.end(),
                                           [](const Frame& frame) { return frame.of_application; });
  CallSite site;
  DebugLines lines;
  for (const Frame& frame : frames) {
    if (frame.ours || (has_application && !frame.of_application)) continue;
    const auto source = lines.Find(frame.address);
    if (source && IsStub(source->file)) continue;
    if (site.stack.empty() || (source && IsOfStandardLibrary(site.file))) {
      site.file = source ? source->file : frame.in_module;
      site.line = source ? source->line : 0;
    }
    if (source) {
      site.stack += source->file.substr(source->file.rfind('/') + 1) + ":";
      site.stack += std::to_string(source->line) + " ";
    } else {
      site.stack += frame.in_module + " ";
    }
  }
  return site;
}

using CallSites = std::map<std::vector<void*>, std::unique_ptr<CallSite>>;

// To read debug information takes a while, which a fork waits for.
ForkMutex sites_mutex;
// Never destroyed: calls may be made while the program ends.
CallSites* sites = nullptr;  // guarded by sites_mutex
[[maybe_unused]] const int follows_forks =
    ::pthread_atfork([] { sites_mutex.BeforeFork(); }, [] { sites_mutex.AfterFork(); },
                     [] { sites_mutex.AfterFork(); });

}  // namespace

const CallSite& CurrentCallSite() {
  void* addresses[kMaxFrames];
  const int count = ::backtrace(addresses, kMaxFrames);
  // Without this function itself, and what a sanitizer puts between it and the real backtrace.
  void** const end = addresses + count;
  void** const caller = std::find(addresses, end, __builtin_return_address(0));
  const std::vector<void*> stack(caller == end ? addresses + 1 : caller, end);
  const std::lock_guard<ForkMutex> lock(sites_mutex);
  if (sites == nullptr) sites = new CallSites;
  auto& site = (*sites)[stack];
  if (site == nullptr) site = std::make_unique<CallSite>(Resolve(stack));
  return *site;
}

}  // namespace filibuster
