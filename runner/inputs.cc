#include "runner/inputs.h"

#include <utility>

#include "analyzer/analysis_json.h"
#include "base/file.h"

namespace filibuster {

std::expected<Inputs, Error> ReadInputs(const SessionOptions& options) {
  auto argv = ParseCommand(options.functional_test);
  if (!argv) return std::unexpected(argv.error());

  auto analysis = options.analysis_file ? ReadAnalysis(*options.analysis_file)
                                        : std::expected<Analysis, Error>(DefaultAnalysis());
  if (!analysis) return std::unexpected(analysis.error());
  auto space = FaultSpace::Create(*analysis, options.transformers);
  if (!space) return std::unexpected(space.error());

  std::optional<Counterexample> counterexample;
  if (options.counterexample_file) {
    auto read = ReadCounterexample(*options.counterexample_file);
    if (!read) return std::unexpected(read.error());
    counterexample = *std::move(read);
  } else if (auto writable = CheckWritable(kCounterexampleFile); !writable) {
    return std::unexpected(writable.error());
  }
  if (auto writable = CheckWritable(options.report); !writable) {
    return std::unexpected(writable.error());
  }
  std::optional<Application> application;
  if (options.application_file) {
    auto read = ReadApplication(*options.application_file);
    if (!read) return std::unexpected(read.error());
    application = *std::move(read);
  } else if (options.coverage_directory) {
    return std::unexpected(
        Error{"--coverage-dir: expected --application as well: coverage is that of services "
              "started here"});
  }
  return Inputs{.functional_test = {.argv = *std::move(argv)},
                .analysis = *std::move(analysis),
                .space = *std::move(space),
                .counterexample = std::move(counterexample),
                .application = std::move(application)};
}

}  // namespace filibuster
