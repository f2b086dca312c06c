// A source file and how it is compiled => FileFacts. Free of clang's headers.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
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

// Whether an argument is the name of the source.
bool NamesSource(const CompileCommand& command, const std::string& argument);

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

struct ExtractJob {
  CompileCommand command;
  ExtractScope scope;
};

// Parses `includes`, as of a file that is compiled like `like`; then asks for the file to go on
// with, of which the facts are. `next` may return in as many processes as there are files that
// begin so. It is not asked if the includes do not parse.
FileFacts ExtractAfter(const std::vector<std::string>& includes, const CompileCommand& like,
                       const std::function<const ExtractJob&()>& next);

std::string LlvmVersion();  // "19.1.7"

// Of Clang, as far as the facts depend on it.
std::string ExtractorVersion();

// Of a file's content. Nobody is kept from making two that agree.
std::uint64_t HashOf(std::string_view content);

}  // namespace filibuster
