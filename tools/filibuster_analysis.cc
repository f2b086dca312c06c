// filibuster-analysis: a services directory => analysis.json, findings
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "analyzer/analysis_json.h"
#include "analyzer/analyze.h"
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

}  // namespace

int main(int argc, char** argv) {
  filibuster::AnalyzerOptions options;
  filibuster::LintOptions lint_options;
  std::filesystem::path output;
  bool quiet = false;
  CLI::App app("Finds out what the calls of C++ services can fail with, and who handles it.");
  app.add_option("--services-directory", options.services_directory,
                 "Directory with one folder per service, named as the service")
      ->required();
  const CLI::Option* output_option =
      app.add_option("--output-file", output, "File to write the analysis to");
  app.add_option("-p,--compile-commands", options.compile_commands,
                 "compile_commands.json or its directory (default: the nearest one upward of the "
                 "services; without one, usual flags)");
  app.add_option("--extra-arg", options.extra_arguments,
                 "Argument for the compiler, after those of the compile command");
  app.add_option("-j,--jobs", options.jobs, "Files to read at a time (default: one per processor)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--library-models", options.library_models,
                 "Description of client or server libraries of your own (docs/formats/"
                 "library-model.md); may be given several times");
  app.add_flag("-q,--quiet", quiet, "Only warnings, findings and what was asked for");
  app.add_option("--explain", options.explain,
                 "FILE:LINE of a call: print the way that each of its faults takes");
  filibuster::AddLintOptions(app, lint_options);
  app.footer(
      "Examples:\n"
      "  filibuster-analysis --services-directory services --output-file analysis.json\n"
      "  filibuster-analysis --services-directory services -p build --output-file analysis.json\n"
      "  filibuster-analysis --services-directory services --checks=-*,unhandled-fault "
      "--fail-on warning\n"
      "  filibuster-analysis --services-directory services --explain services/foo/foo.cc:16");
  if (const auto exit_code = filibuster::ParseCommandLine(app, argc, argv)) return *exit_code;
  filibuster::SetQuiet(quiet);

  const auto writable = filibuster::CheckWritable(output);
  if (output_option->count() > 0 && !writable) return Fail(writable.error());
  const auto& services = options.services_directory;
  if (const auto valid = filibuster::CheckLintOptions(services, lint_options); !valid) {
    return Fail(valid.error());
  }
  const auto analyzed = filibuster::AnalyzeServices(options);
  if (!analyzed) return Fail(analyzed.error());
  if (!output.empty()) {
    filibuster::LogInfo("Writing output file: {}", output.string());
    const auto written =
        filibuster::WriteFile(output, filibuster::AnalysisToText(analyzed->analysis));
    if (!written) return Fail(written.error());
  }
  filibuster::LogInfo("Done.");
  if (options.explain) {
    fmt::print("{}", analyzed->explanation);
    return 0;
  }
  const auto status =
      filibuster::LintStage(analyzed->analysis, analyzed->source_findings, services, lint_options);
  return status ? *status : Fail(status.error());
}
