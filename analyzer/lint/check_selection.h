// Which checks are on and which are errors: the file .filibuster-analysis, then the options.
// docs/checks/README.md says it for users.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/lint/finding.h"
#include "base/error.h"

namespace filibuster {

// Globs as clang-tidy has them: "-*,unhandled-*". The last one that matches decides.
class GlobList {
 public:
  // The prefix "filibuster-" of a name may be left out.
  static GlobList Parse(std::string_view text);

  void Append(const GlobList& later);
  // `otherwise`: the answer if no glob matches.
  bool Contains(std::string_view name, bool otherwise) const;
  // The first glob that matches no check, or null.
  const std::string* FindUnknown() const;

 private:
  struct Glob {
    bool is_negative = false;
    std::string pattern;
  };
  std::vector<Glob> globs_;
};

bool MatchesGlob(std::string_view text, std::string_view glob);  // `*`: any characters

struct CheckSelection {
  GlobList checks;
  GlobList warnings_as_errors;

  void Append(const CheckSelection& later);
  // `name` is where the globs were read, for messages.
  std::expected<void, Error> Validate(std::string_view name) const;
};

// From the nearest .filibuster-analysis in `directory` or above it; all checks are on without one.
std::expected<CheckSelection, Error> FindCheckSelection(const std::filesystem::path& directory);

// The findings of the checks that are on, with their severity.
std::vector<Finding> Select(std::vector<Finding> findings, const CheckSelection& selection);

}  // namespace filibuster
