// argv => options, or the exit code to end with.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

namespace filibuster {

// --help and --version end with 0, a mistake with 2 and a message on standard error.
inline std::optional<int> ParseCommandLine(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}

}  // namespace filibuster
