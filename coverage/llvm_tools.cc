#include "coverage/llvm_tools.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>

#include "base/console.h"
#include "base/file.h"
#include "runtime/process.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

// What clang++ of the coverage preset belongs to: the data's format changes between versions.
constexpr char kVersion[] = "19";

std::expected<std::string, Error> FindTool(const std::string& name) {
  for (const std::string& candidate : {name + "-" + kVersion, name}) {
    if (CheckExecutable({{candidate}, {}, {}})) return candidate;
  }
  return std::unexpected(
      Error{fmt::format("{0}-{1}: not found on PATH; install llvm-{1}", name, kVersion)});
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(fs::temp_directory_path() / "filibuster-coverage-XXXXXX") {
    std::string pattern = path_;
    made_ = ::mkdtemp(pattern.data()) != nullptr;
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (made_) fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  bool made() const { return made_; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool made_ = false;
};

// Standard output goes to a file, what is left are the tool's remarks.
std::expected<void, Error> RunTool(std::vector<std::string> argv, const fs::path& output) {
  const std::string tool = argv[0];
  argv.insert(argv.begin(), {"/bin/sh", "-c", "exec \"$0\" \"$@\" >\"$FILIBUSTER_OUTPUT\""});
  const auto result = RunCommand({std::move(argv), {{"FILIBUSTER_OUTPUT", output}}, {}});
  if (!result) return std::unexpected(result.error());
  std::string remarks = result->output;
  while (remarks.ends_with('\n')) remarks.pop_back();
  if (result->status != TerminationStatus(ExitCode{0})) {
    return std::unexpected(
        Error{fmt::format("{}: {}: {}", tool, ToString(result->status), remarks)});
  }
  if (!remarks.empty()) LogWarning("{}: {}", tool, remarks);
  return {};
}

}  // namespace

std::expected<LlvmTools, Error> LlvmTools::Find() {
  LlvmTools tools;
  for (const auto& [name, member] :
       {std::pair("llvm-profdata", &tools.profdata_), std::pair("llvm-cov", &tools.cov_)}) {
    auto found = FindTool(name);
    if (!found) return std::unexpected(found.error());
    *member = *std::move(found);
  }
  return tools;
}

std::expected<LineCoverage, Error> LlvmTools::Export(const fs::path& binary,
                                                     const std::vector<fs::path>& profiles) const {
  const TemporaryDirectory directory;
  if (!directory.made()) {
    return std::unexpected(Error{fmt::format("{}: cannot make a temporary directory: {}",
                                             directory.path().string(), std::strerror(errno))});
  }
  const fs::path merged = directory.path() / "merged.profdata";
  // A process that died as it started may have left half a file: the others count.
  std::vector<std::string> merge = {profdata_,           "merge", "-sparse",
                                    "-failure-mode=all", "-o",    merged};
  for (const fs::path& profile : profiles) merge.push_back(profile);
  const fs::path lcov = directory.path() / "lcov";
  if (auto run = RunTool(std::move(merge), lcov); !run) return std::unexpected(run.error());
  auto run =
      RunTool({cov_, "export", "-format=lcov", "-instr-profile=" + merged.string(), binary}, lcov);
  if (!run) return std::unexpected(run.error());
  const auto text = ReadFile(lcov);
  if (!text) return std::unexpected(text.error());
  return ParseLcov(*text);
}

}  // namespace filibuster
