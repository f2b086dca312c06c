#include "analyzer/lint/source_cache.h"

#include <sstream>

#include "base/file.h"

namespace filibuster {

const std::vector<std::string>& SourceCache::Lines(const std::string& file) {
  const auto [entry, is_new] = files_.try_emplace(file);
  if (!is_new) return entry->second;
  const auto text = ReadFile(root_ / file);
  if (!text) return entry->second;
  std::istringstream in(*text);
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    entry->second.push_back(std::move(line));
  }
  return entry->second;
}

}  // namespace filibuster
