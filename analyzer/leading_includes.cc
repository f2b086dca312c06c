#include "analyzer/leading_includes.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "base/file.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSpace = " \t\r\n\f\v";

void SkipSpaceAndComments(std::string_view& text) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    std::string_view end;
    if (text.starts_with("//")) end = "\n";
    if (text.starts_with("/*")) end = "*/";
    if (end.empty()) return;
    const std::size_t at = text.find(end, 2);
    text.remove_prefix(at == text.npos ? text.size() : at + end.size());
  }
}

void SkipBlanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

// Takes "#include <x>" off the text and returns "<x>"; of anything else nothing.
std::string_view TakeInclude(std::string_view& text) {
  std::string_view rest = text;
  if (!rest.starts_with('#')) return {};
  rest.remove_prefix(1);
  SkipBlanks(rest);
  if (!rest.starts_with("include")) return {};
  rest.remove_prefix(std::string_view("include").size());
  SkipBlanks(rest);
  if (!rest.starts_with('<') && !rest.starts_with('"')) return {};
  const std::size_t end = rest.find_first_of(rest.front() == '<' ? ">\n" : "\"\n", 1);
  if (end == rest.npos || rest[end] == '\n') return {};
  text = rest.substr(end + 1);
  return rest.substr(0, end + 1);
}

struct Source {
  std::size_t index = 0;
  std::string directory;
  std::vector<std::string> includes;
};

// What is the same for all of them, and means the same.
std::vector<std::string> CommonIncludes(std::span<const Source> sources) {
  std::vector<std::string> common = sources.front().includes;
  for (const Source& source : sources.subspan(1)) {
    const auto [end, ignored] = std::ranges::mismatch(common, source.includes);
    common.erase(end, common.end());
    if (source.directory == sources.front().directory) continue;
    const auto quoted = std::ranges::find_if(
        common, [](const std::string& include) { return include.ends_with('"'); });
    common.erase(quoted, common.end());
  }
  return common;
}

}  // namespace

std::vector<std::string> LeadingIncludes(std::string_view source) {
  std::vector<std::string> includes;
  while (true) {
    SkipSpaceAndComments(source);
    const std::string_view file = TakeInclude(source);
    if (file.empty()) return includes;
    includes.push_back("#include " + std::string(file));
  }
}

std::vector<IncludeGroup> GroupByIncludes(std::span<const CompileCommand> commands) {
  std::vector<IncludeGroup> groups;
  // By all that decides what an include means, and by the first one.
  std::map<std::vector<std::string>, std::vector<Source>> alike;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const CompileCommand& command = commands[i];
    const auto text = ReadFile(command.file);
    Source source{.index = i, .directory = fs::path(command.file).parent_path().string()};
    if (text) source.includes = LeadingIncludes(*text);
    std::vector<std::string> key = command.arguments;
    const auto named = std::erase_if(
        key, [&](const std::string& argument) { return NamesSource(command, argument); });
    if (source.includes.empty() || named != 1) {
      groups.push_back({.files = {i}});
      continue;
    }
    key.push_back(command.directory);
    key.push_back(fs::path(command.file).extension().string());
    key.push_back(source.includes.front());
    alike[std::move(key)].push_back(std::move(source));
  }
  for (const auto& [key, sources] : alike) {
    IncludeGroup group{.includes = CommonIncludes(sources)};
    const bool is_shared = sources.size() > 1 && !group.includes.empty();
    for (const Source& source : sources) {
      if (is_shared) {
        group.files.push_back(source.index);
      } else {
        groups.push_back({.files = {source.index}});
      }
    }
    if (is_shared) groups.push_back(std::move(group));
  }
  std::ranges::sort(groups, {}, [](const IncludeGroup& group) { return group.files.front(); });
  return groups;
}

}  // namespace filibuster
