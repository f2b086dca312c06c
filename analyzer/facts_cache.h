// Facts on disk: a source that is as it was, with all that it includes, need not be parsed again.
//
// Safe under several programs at a time and their sudden end: an entry is whole, or it is not used.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>

#include "analyzer/extract.h"
#include "base/error.h"

namespace filibuster {

class FactsCache {
 public:
  explicit FactsCache(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::optional<FileFacts> Find(const CompileCommand& command, const ExtractScope& scope);
  // Facts of a file that does not parse are not kept: what it lacks may come.
  std::expected<void, Error> Store(const CompileCommand& command, const ExtractScope& scope,
                                   const FileFacts& facts);

 private:
  std::filesystem::path EntryFor(const CompileCommand& command, const ExtractScope& scope) const;
  std::uint64_t Program();
  std::uint64_t ContentHash(const std::string& path);

  std::filesystem::path directory_;
  std::unordered_map<std::string, std::uint64_t> hashes_;  // of the files' content, by path
};

// $XDG_CACHE_HOME/filibuster, or ~/.cache/filibuster; nothing if there is neither.
std::optional<std::filesystem::path> DefaultCacheDirectory();

}  // namespace filibuster
