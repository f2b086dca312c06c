// Sources => those that begin with the same includes, which are then read once for all of them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/extract.h"

namespace filibuster {

// The `#include` directives that a source begins with, with nothing but comments before them and
// between them: "#include <string>".
std::vector<std::string> LeadingIncludes(std::string_view source);

struct IncludeGroup {
  std::vector<std::string> includes;  // that all of the files begin with; none: of one file alone
  std::vector<std::size_t> files;     // indexes of commands, in order
};

// Each command is in one group. Includes are shared by files only that are compiled alike, and a
// quoted one by files of one directory only, since it is looked for there.
std::vector<IncludeGroup> GroupByIncludes(std::span<const CompileCommand> commands);

}  // namespace filibuster
