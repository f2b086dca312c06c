// filibuster-analysis: a services directory => analysis.json, findings
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "analyzer/analysis_json.h"
#include "analyzer/analyze.h"
#include "analyzer/facts_cache.h"
#include "analyzer/lint/lint_stage.h"
#include "base/console.h"
#include "base/file.h"
#include "tools/command_line.h"

namespace {

constexpr int kToolFailed = 2;

int Fail(const filibuster::Error& error) {
  filibuster::LogFail("{}", error.message);
  return kToolFailed;
}

// Not of the lint stage.
struct Options {
  filibuster::AnalyzerOptions analyzer;
  std::optional<std::filesystem::path> output;
  std::string cache_directory;
  double file_timeout = 120;
  bool no_cache = false;
  bool strict = false;
  bool quiet = false;
};

void AddOptions(CLI::App& app, Options& options) {
  filibuster::AnalyzerOptions& analyzer = options.analyzer;
  app.add_option("--services-directory", analyzer.services_directory,
                 "Directory with one folder per service, named as the service")
      ->required();
  app.add_option("--output-file", options.output, "File to write the analysis to");
  app.add_option("-p,--compile-commands", analyzer.compile_commands,
                 "compile_commands.json or its directory (default: the nearest one upward of the "
                 "services; without one, usual flags)");
  app.add_option("--extra-arg", analyzer.extra_arguments,
                 "Argument for the compiler, after those of the compile command");
  app.add_option("-j,--jobs", analyzer.extract.jobs,
                 "Files to read at a time (default: one per processor)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--file-timeout", options.file_timeout,
                 "Seconds after which a file that is still being read is given up")
      ->check(CLI::Range(0.001, 86400.0))
      ->capture_default_str();
  app.add_option("--cache-dir", options.cache_directory,
                 "Directory for what was read of files, to be used again while they and what they "
                 "include stay the same (default: $XDG_CACHE_HOME/filibuster)");
  app.add_flag("--no-cache", options.no_cache, "Read every file anew, and keep nothing");
  app.add_flag("--strict", options.strict,
               "Fail, and write nothing, if a file could not be read in full");
  app.add_option("--library-models", analyzer.library_models,
                 "Description of client or server libraries of your own (docs/formats/"
                 "library-model.md); may be given several times");
  app.add_flag("-q,--quiet", options.quiet, "Only warnings, findings and what was asked for");
  app.add_option("--explain", analyzer.explain,
                 "FILE:LINE of a call: print the way that each of its faults takes");
}

// What the options say between them.
void Settle(Options& options) {
  filibuster::ExtractSettings& extract = options.analyzer.extract;
  extract.file_timeout = std::chrono::ceil<std::chrono::milliseconds>(
      std::chrono::duration<double>(options.file_timeout));
  if (options.no_cache) return;
  extract.cache_directory = options.cache_directory.empty()
                                ? filibuster::DefaultCacheDirectory()
                                : std::filesystem::absolute(options.cache_directory);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  filibuster::LintOptions lint_options;
  CLI::App app("Finds out what the calls of C++ services can fail with, and who handles it.");
  AddOptions(app, options);
  filibuster::AddLintOptions(app, lint_options);
  app.footer(
      "Examples:\n"
      "  filibuster-analysis --services-directory services --output-file analysis.json\n"
      "  filibuster-analysis --services-directory services -p build --output-file analysis.json\n"
      "  filibuster-analysis --services-directory services --checks=-*,unhandled-fault "
      "--fail-on warning\n"
      "  filibuster-analysis --services-directory services --explain services/foo/foo.cc:16");
  const std::string version = FILIBUSTER_VERSION " (LLVM " + filibuster::LlvmVersion() + ")";
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv, version)) {
    return *exit_code;
  }
  filibuster::SetQuiet(options.quiet);
  Settle(options);

  if (options.output) {
    const auto writable = filibuster::CheckWritable(*options.output);
    if (!writable) return Fail(writable.error());
  }
  const auto& services = options.analyzer.services_directory;
  if (const auto valid = filibuster::CheckLintOptions(services, lint_options); !valid) {
    return Fail(valid.error());
  }
  const auto analyzed = filibuster::AnalyzeServices(options.analyzer);
  if (!analyzed) return Fail(analyzed.error());
  if (options.strict && !analyzed->unread.empty()) {
    return Fail({fmt::format("{} (--strict; {} in all could not be read in full)",
                             analyzed->unread.front(), analyzed->unread.size())});
  }
  if (options.output) {
    filibuster::LogInfo("Writing output file: {}", options.output->string());
    const auto written =
        filibuster::WriteFile(*options.output, filibuster::AnalysisToText(analyzed->analysis));
    if (!written) return Fail(written.error());
  }
  filibuster::LogInfo("Done.");
  if (options.analyzer.explain) {
    fmt::print("{}", analyzed->explanation);
    return 0;
  }
  const auto status =
      filibuster::LintStage(analyzed->analysis, analyzed->source_findings, services, lint_options);
  return status ? *status : Fail(status.error());
}
