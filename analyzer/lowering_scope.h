// What of a translation unit is lowered.
#pragma once

#include <clang/Basic/SourceLocation.h>

#include <set>
#include <string>
#include <vector>

namespace filibuster {

// Whose code is looked into.
struct LoweringScope {
  // Every function defined under this directory, or in the source file itself, is lowered;
  // functions outside of it only if one of those calls them.
  std::string directory;
  // Code of libraries that a model describes; never looked into.
  std::vector<std::string> library_namespaces;
};

inline constexpr char kNoCode[] = "code that does not compile";

using Places = std::set<clang::SourceLocation>;

}  // namespace filibuster
