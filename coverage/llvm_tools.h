// profraw files x binary => lines and how often they ran, by llvm-profdata and llvm-cov.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "coverage/line_coverage.h"

namespace filibuster {

class LlvmTools {
 public:
  // The versioned names first, then the plain ones; an error if PATH has neither.
  static std::expected<LlvmTools, Error> Find();

  // Warnings of the tools, such as of a binary that was rebuilt since, are logged.
  std::expected<LineCoverage, Error> Export(
      const std::filesystem::path& binary,
      const std::vector<std::filesystem::path>& profiles) const;

 private:
  std::string profdata_;
  std::string cov_;
};

}  // namespace filibuster
