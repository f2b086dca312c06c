#include "tools/documents.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

namespace filibuster {
namespace {

using Options = std::vector<const CLI::Option*>;

// With names, or positional; hidden ones are in no group.
Options OptionsOf(const CLI::App& app, bool positional) {
  return app.get_options([positional](const CLI::Option* option) {
    return option->get_positional() == positional && !option->get_group().empty();
  });
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// "-p", "--compile-commands"
std::vector<std::string> NamesOf(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// What IsMember has in the name of the type: "TEXT:{lifo,fifo}".
std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{');
  const size_t close = type.find('}');
  if (open == type.npos || close == type.npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

std::string ValueName(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

std::string Replaced(std::string_view text, std::string_view special, std::string_view before) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != special.npos) result += before;
    result += c;
  }
  return result;
}

// Text of a man page: '-' is a minus there, and a '.' or ''' that begins a line a command.
std::string Roff(std::string_view text) {
  std::string result;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
    at_start = c == '\n';
  }
  return result;
}

std::string ManOption(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : NamesOf(option)) names.push_back("\\fB" + Roff(name) + "\\fR");
  if (names.empty()) names.push_back("\\fI" + Roff(option.get_single_name()) + "\\fR");
  std::string text = fmt::format(".TP\n{}", fmt::join(names, ", "));
  const auto choices = ChoicesOf(option);
  if (TakesValue(option) && !option.get_positional()) {
    text += choices.empty() ? fmt::format(" \\fI{}\\fR", Roff(ValueName(option)))
                            : fmt::format(" {}", Roff(fmt::format("{}", fmt::join(choices, "|"))));
  }
  text += "\n" + Roff(option.get_description());
  if (option.get_required()) text += " (required)";
  if (!option.get_default_str().empty()) {
    text += " (default: " + Roff(option.get_default_str()) + ")";
  }
  return text + "\n";
}

// "Examples:", and what is below it, is a section of its own.
std::string ManFooter(const std::string& footer) {
  std::string text;
  bool open = false;
  std::istringstream lines(footer);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != ' ' && line.back() == ':') {
      if (open) text += ".fi\n";
      line.pop_back();
      std::ranges::transform(line, line.begin(), [](unsigned char c) { return std::toupper(c); });
      text += ".SH " + Roff(line) + "\n.nf\n";
      open = true;
    } else {
      text += Roff(line) + "\n";
    }
  }
  return open ? text + ".fi\n" : text;
}

std::string Man(const CLI::App& app, std::string_view program) {
  std::string text = fmt::format(
      ".TH {} 1 \"\" \"Filibuster {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n"
      ".B {}\n[\\fIOPTIONS\\fR]",
      program, FILIBUSTER_VERSION, Roff(program), Roff(app.get_description()), Roff(program));
  if (!CommandsOf(app).empty()) text += " \\fICOMMAND\\fR";
  for (const CLI::Option* option : OptionsOf(app, true)) {
    text += " \\fI" + Roff(option->get_single_name()) + "\\fR";
  }
  text += "\n.SH OPTIONS\n";
  for (const bool positional : {true, false}) {
    for (const CLI::Option* option : OptionsOf(app, positional)) text += ManOption(*option);
  }
  for (const CLI::App* command : CommandsOf(app)) {
    text +=
        fmt::format(".SS {}\n{}\n", Roff(command->get_name()), Roff(command->get_description()));
    for (const CLI::Option* option : OptionsOf(*command, false)) {
      if (option->get_lnames() != std::vector<std::string>{"help"}) text += ManOption(*option);
    }
  }
  return text + ManFooter(app.get_footer());
}

// Of the program and of its commands: each name once.
Options AllOptions(const CLI::App& app) {
  Options options = OptionsOf(app, false);
  for (const CLI::App* command : CommandsOf(app)) {
    for (const CLI::Option* option : OptionsOf(*command, false)) {
      const bool known = std::ranges::any_of(options, [&](const CLI::Option* other) {
        return other->get_lnames() == option->get_lnames();
      });
      if (!known) options.push_back(option);
    }
  }
  return options;
}

std::string Bash(const CLI::App& app, std::string_view program) {
  const std::string function = "_" + CLI::detail::find_and_replace(std::string(program), "-", "_");
  std::vector<std::string> names;
  std::vector<std::string> commands;
  std::vector<std::string> with_value;
  std::string cases;
  for (const CLI::Option* option : AllOptions(app)) {
    const auto own = NamesOf(*option);
    names.insert(names.end(), own.begin(), own.end());
    if (const auto choices = ChoicesOf(*option); !choices.empty()) {
      cases += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$current\")); return ;;\n",
                           fmt::join(own, "|"), fmt::join(choices, " "));
    } else if (TakesValue(*option)) {
      with_value.insert(with_value.end(), own.begin(), own.end());
    }
  }
  // None of ours: the shell completes files.
  if (!with_value.empty()) cases += fmt::format("    {}) return ;;\n", fmt::join(with_value, "|"));
  for (const CLI::App* command : CommandsOf(app)) commands.push_back(command->get_name());
  return fmt::format(R"({0}() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  case $previous in
{1}  esac
  case $current in
    -*) COMPREPLY=($(compgen -W '{2}' -- "$current")) ;;
    *) COMPREPLY=($(compgen -W '{3}' -- "$current")) ;;
  esac
}}
complete -o bashdefault -o default -F {0} {4}
)",
                     function, cases, fmt::join(names, " "), fmt::join(commands, " "), program);
}

std::string ZshQuoted(std::string_view text) {
  return CLI::detail::find_and_replace(Replaced(text, "[]:\\", "\\"), "'", "'\\''");
}

std::string Zsh(const CLI::App& app, std::string_view program) {
  std::string text = fmt::format("#compdef {}\n_arguments", program);
  for (const CLI::Option* option : AllOptions(app)) {
    const auto choices = ChoicesOf(*option);
    for (const std::string& name : NamesOf(*option)) {
      text += fmt::format(" \\\n  '{}[{}]", name, ZshQuoted(option->get_description()));
      if (!choices.empty()) {
        text += fmt::format(":{}:({})'", ZshQuoted(ValueName(*option)), fmt::join(choices, " "));
      } else {
        text +=
            TakesValue(*option) ? fmt::format(":{}:_files'", ZshQuoted(ValueName(*option))) : "'";
      }
    }
  }
  std::vector<std::string> commands;
  for (const CLI::App* command : CommandsOf(app)) commands.push_back(command->get_name());
  return text + (commands.empty()
                     ? " \\\n  '*:file:_files'\n"
                     : fmt::format(" \\\n  ':command:({})'\n", fmt::join(commands, " ")));
}

}  // namespace

std::optional<std::string> CommandLineDocument(const CLI::App& app, std::string_view program,
                                               std::string_view kind) {
  if (kind == "man") return Man(app, program);
  if (kind == "bash") return Bash(app, program);
  if (kind == "zsh") return Zsh(app, program);
  return std::nullopt;
}

}  // namespace filibuster
