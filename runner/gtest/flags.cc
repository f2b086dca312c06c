#include "runner/gtest/flags.h"

#include <fmt/format.h>

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
  const std::string prefix = fmt::format("{}/", test);
  while (!filter.empty()) {
    const size_t end = filter.find(':');
    std::string_view pattern = filter.substr(0, end);
    filter.remove_prefix(end == filter.npos ? filter.size() : end + 1);
    const size_t at = pattern.find(prefix);
    if (at == pattern.npos || (at > 0 && pattern[at - 1] != '/')) continue;
    pattern.remove_prefix(at + prefix.size());
    const std::string name(pattern.substr(0, pattern.find('/')));
    if (PartsOfExecutionName(name)) picked.push_back(name);
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
