// A source file and how it is compiled => FileFacts. Free of clang's headers.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/facts.h"
#include "base/error.h"

namespace filibuster {

struct CompileCommand {
  std::string file;                    // absolute
  std::string directory;               // that relative arguments are relative to
  std::vector<std::string> arguments;  // the compiler's name first
};

// A compile_commands.json.
class CompileCommands {
 public:
  // `path` is the file, or the directory that it is in.
  static std::expected<CompileCommands, Error> Read(const std::filesystem::path& path);

  // Nothing if the file is not in there.
  std::optional<CompileCommand> Find(const std::string& file) const;
  const std::vector<CompileCommand>& all() const { return commands_; }

 private:
  std::vector<CompileCommand> commands_;  // by file
};

struct ExtractScope {
  std::string directory;  // whose functions are all looked at, called or not
  std::vector<std::string> library_namespaces;
};

// Never fails: what could not be read is in the facts' parse_error.
FileFacts ExtractFile(const CompileCommand& command, const ExtractScope& scope);

std::string LlvmVersion();  // "19.1.7"

// Of Clang, as far as the facts depend on it.
std::string ExtractorVersion();

// Of a file's content. Nobody is kept from making two that agree.
std::uint64_t HashOf(std::string_view content);

}  // namespace filibuster
