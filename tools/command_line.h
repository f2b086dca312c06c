// argv => options, or the exit code to end with.
#pragma once

#include <signal.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "tools/documents.h"

namespace filibuster {

inline constexpr double kMaxSeconds = 1e9;  // 30 years: no overflow, wherever it is added

// Of an option that takes seconds.
inline const CLI::Validator kSeconds(
    [](std::string& text) {
      double seconds = 0;
      const bool valid = CLI::detail::lexical_cast(text, seconds) && std::isfinite(seconds) &&
                         seconds >= 0.001 && seconds <= kMaxSeconds;
      return valid ? std::string() : "found " + text + ", expected seconds from 0.001 to 1e9";
    },
    "SECONDS");

// Of an option that counts from one.
inline const CLI::Validator kAtLeastOne(
    [](std::string& text) {
      int number = 0;
      const bool valid = CLI::detail::lexical_cast(text, number) && number >= 1;
      return valid ? std::string() : "found " + text + ", expected a whole number from 1";
    },
    "N");

inline std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

// --help and --version end with 0, a mistake with 2 and a message on standard error.
inline std::optional<int> ParseCommandLine(CLI::App& app, int argc, char** argv,
                                           const std::string& version = FILIBUSTER_VERSION) {
  // A file that grows past its limit (ulimit -f) is an error to be told, like a full disk.
  ::signal(SIGXFSZ, SIG_IGN);
  app.set_version_flag("--version", version);
  // Asked for by the build; it is no option of a user's.
  constexpr std::string_view kGenerate = "--generate=";
  if (argc == 2 && std::string_view(argv[1]).starts_with(kGenerate)) {
    const std::string program = std::filesystem::path(argv[0]).filename();
    const auto document = CommandLineDocument(app, program, argv[1] + kGenerate.size());
    if (document) {
      std::fputs(document->c_str(), stdout);
      return 0;
    }
  }
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}

}  // namespace filibuster
