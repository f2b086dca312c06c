// The definition of a command line => its man page and its completions for bash and zsh.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace filibuster {

// `kind`: "man", "bash" or "zsh"; nullopt for any other. `program`: its name.
std::optional<std::string> CommandLineDocument(const CLI::App& app, std::string_view program,
                                               std::string_view kind);

}  // namespace filibuster
