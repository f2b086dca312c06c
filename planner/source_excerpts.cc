#include "planner/source_excerpts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include "base/file.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

constexpr int kLinesAround = 5;
constexpr std::uintmax_t kMaxSize = 4 * 1024 * 1024;
constexpr std::array<std::string_view, 13> kSourceExtensions = {
    ".c",   ".cc",  ".cpp", ".cxx",  ".h",  ".hh", ".hpp",
    ".hxx", ".inc", ".ipp", ".java", ".kt", ".py"};

// Lines to show, by file.
using Places = std::map<std::string, std::set<int>>;

void AddPlace(const std::string& file, int line, Places* places) {
  if (file.empty() || line < 1) return;
  std::set<int>& lines = (*places)[file];
  for (int i = std::max(1, line - kLinesAround); i <= line + kLinesAround; ++i) lines.insert(i);
}

// "foo/foo.cc:17"
void AddPlaceText(const std::string& text, Places* places) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return;
  int line = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), line);
  AddPlace(text.substr(0, colon), line, places);
}

Places PlacesIn(const OrderedJson& report) {
  Places places;
  for (const OrderedJson& bug : report.at("bugs")) {
    for (const OrderedJson& site : bug.at("sites")) {
      AddPlaceText(site.at("call_site"), &places);
      if (!site.contains("handlers")) continue;
      for (const OrderedJson& handler : site.at("handlers")) {
        if (handler.contains("file")) AddPlace(handler.at("file"), handler.at("line"), &places);
      }
    }
  }
  for (const OrderedJson& handler : report.at("handlers")) {
    AddPlaceText(handler.at("call_site"), &places);
    AddPlace(handler.at("file"), handler.at("line"), &places);
  }
  return places;
}

bool IsBelow(const fs::path& file, const fs::path& directory) {
  const fs::path relative = file.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

std::optional<std::string> ReadSource(const std::string& file,
                                      const std::vector<fs::path>& directories) {
  const std::string extension = fs::path(file).extension().string();
  if (std::ranges::find(kSourceExtensions, extension) == kSourceExtensions.end()) return {};
  for (const fs::path& directory : directories) {
    std::error_code error;
    const fs::path project = fs::canonical(directory, error).parent_path();
    if (error) continue;
    // Injectors name helpers beside the services from the project on: "common/http_client.cc".
    for (const fs::path& from : {directory, project}) {
      const fs::path path = fs::canonical(from / file, error);
      if (error || !IsBelow(path, project) || !fs::is_regular_file(path, error)) continue;
      if (fs::file_size(path, error) > kMaxSize) continue;
      if (auto text = ReadFile(path)) return *std::move(text);
    }
  }
  return {};
}

}  // namespace

void AddSourceExcerpts(OrderedJson& report, const std::vector<fs::path>& directories) {
  report["sources"] = OrderedJson::array();
  for (const auto& [file, numbers] : PlacesIn(report)) {
    const auto text = ReadSource(file, directories);
    if (!text) continue;
    OrderedJson lines = OrderedJson::array();
    std::istringstream stream(*text);
    int number = 0;
    for (std::string line; std::getline(stream, line);) {
      if (numbers.contains(++number)) lines.push_back({{"number", number}, {"text", line}});
    }
    report["sources"].push_back({{"file", file}, {"lines", std::move(lines)}});
  }
}

}  // namespace filibuster
