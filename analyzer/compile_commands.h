// How each source is compiled: from a compile_commands.json, or by sensible flags without one.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/extract.h"
#include "base/error.h"

namespace filibuster {

class BuildDescription {
 public:
  // `given`: the file or its directory; else the nearest one that mentions a source of the
  // services, upward of them, in a directory itself, in `build` or in `build/*` there.
  static std::expected<BuildDescription, Error> Find(
      const std::filesystem::path& services_directory,
      const std::optional<std::filesystem::path>& given);

  // `file` is absolute; `service` is the directory of the service that it is looked at for.
  // `includer`: a source that includes its header, or nothing: what is not in the database is read
  // with its flags.
  CompileCommand CommandFor(const std::string& file, const std::filesystem::path& service,
                            const std::string& includer) const;

  // Sources that may define what `header` declares, the likeliest first. Those under
  // `services_directory` are not among them, except those of `service`.
  std::vector<std::string> DefinersOf(const std::string& header, const std::string& service) const;

  const std::vector<CompileCommand>& commands() const { return commands_.all(); }

 private:
  std::filesystem::path services_directory_;            // absolute
  std::vector<std::filesystem::path> shared_includes_;  // beside and below it
  CompileCommands commands_;
};

}  // namespace filibuster
