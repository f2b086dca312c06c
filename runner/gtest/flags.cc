#include "runner/gtest/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include "runner/gtest/execution_name.h"

namespace filibuster {
namespace {

constexpr std::string_view kPrefix = "--filibuster_";
constexpr std::string_view kFilter = "--gtest_filter=";
constexpr double kMost = 1e9;  // not infinity, which from_chars reads, too

template <typename Number>
bool Parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0 &&
         static_cast<double>(number) <= kMost;
}

bool Parse(std::string_view text, bool& flag) {
  flag = text != "false" && text != "0";
  return flag == (text == "true" || text == "1");
}

bool Parse(std::string_view text, std::string& value) {
  value = text;
  return true;
}

// Whether `name` is known, and `value` makes sense for it.
std::optional<bool> Set(GtestFlags& flags, std::string_view name, std::string_view value) {
  TestOptions& options = flags.options;
  if (name == "application") return Parse(value, options.application);
  if (name == "analysis_file") return Parse(value, options.analysis_file);
  if (name == "reduction") return Parse(value, options.reduction);
  if (name == "order") return Parse(value, options.order);
  if (name == "keep_going") return Parse(value, options.keep_going);
  if (name == "max_tests") return Parse(value, options.max_tests);
  if (name == "max_faults") return Parse(value, options.max_faults);
  if (name == "time_budget") return Parse(value, options.time_budget);
  if (name == "timeout") return Parse(value, options.timeout);
  if (name == "baseline_runs") return Parse(value, options.baseline_runs);
  if (name == "report_dir") return Parse(value, options.report_dir);
  if (name == "port") return Parse(value, flags.port) && flags.port <= 65535;
  return std::nullopt;
}

// As GoogleTest's filters match: `*` is any text, `?` any one character.
bool Matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return Matches(pattern.substr(1), text) || (!text.empty() && Matches(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         Matches(pattern.substr(1), text.substr(1));
}

// With parameters, "Instance/Suite.Name": which instances there are is not known here.
bool NamesTest(std::string_view pattern, std::string_view test) {
  const size_t slash = pattern.find('/');
  return Matches(pattern, test) ||
         (slash != pattern.npos && Matches(pattern.substr(slash + 1), test));
}

}  // namespace

std::vector<std::string> OwnArguments() {
  std::vector<std::string> arguments;
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

std::vector<std::string> PickedBy(std::span<const std::string> arguments,
                                  std::string_view environment, std::string_view test) {
  std::string_view filter = environment;
  for (const std::string& argument : arguments) {
    if (argument.starts_with(kFilter)) filter = std::string_view(argument).substr(kFilter.size());
  }
  filter = filter.substr(0, filter.find('-'));
  std::vector<std::string> picked;
  while (!filter.empty()) {
    const size_t end = filter.find(':');
    const std::string_view pattern = filter.substr(0, end);
    filter.remove_prefix(end == filter.npos ? filter.size() : end + 1);
    for (size_t slash = pattern.find('/'); slash != pattern.npos;
         slash = pattern.find('/', slash + 1)) {
      const std::string_view behind = pattern.substr(slash + 1);
      const std::string name(behind.substr(0, behind.find('/')));
      if (!PartsOfExecutionName(name) || !NamesTest(pattern.substr(0, slash), test)) continue;
      if (std::ranges::find(picked, name) == picked.end()) picked.push_back(name);
    }
  }
  return picked;
}

std::expected<GtestFlags, Error> ApplyFlags(std::span<const std::string> arguments,
                                            const TestOptions& options) {
  GtestFlags flags{.options = options};
  for (const std::string& argument : arguments) {
    if (!argument.starts_with(kPrefix)) continue;
    const std::string_view text = std::string_view(argument).substr(kPrefix.size());
    const size_t equals = text.find('=');
    const std::string_view value = equals == text.npos ? "true" : text.substr(equals + 1);
    const std::optional<bool> set = Set(flags, text.substr(0, equals), value);
    if (!set) return std::unexpected(Error{fmt::format("{}: no such flag", argument)});
    if (!*set) return std::unexpected(Error{fmt::format("{}: found {}", argument, value)});
  }
  return flags;
}

}  // namespace filibuster
