#include "analyzer/facts_cache.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "analyzer/facts_io.h"
#include "base/file.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "filibuster facts\n";

// Of the build of the program that wrote it, and of what follows.
std::string Header(std::uint64_t program, std::string_view payload) {
  return fmt::format("{}{:016x}{:016x}\n", kMagic, program, HashOf(payload));
}

std::optional<std::string> ReadEntry(const fs::path& entry, std::uint64_t program) {
  auto bytes = ReadFile(entry);
  if (!bytes) return std::nullopt;
  const std::size_t size = Header(program, {}).size();
  if (bytes->size() < size) return std::nullopt;
  std::string payload = bytes->substr(size);
  if (!bytes->starts_with(Header(program, payload))) return std::nullopt;
  return payload;
}

std::unexpected<Error> Unwritable(const fs::path& path, const std::error_code& error) {
  return std::unexpected(Error{fmt::format("{}: {}", path.string(), error.message())});
}

}  // namespace

// Neither by content nor by version: a new entry takes the place of the old one.
fs::path FactsCache::EntryFor(const CompileCommand& command, const ExtractScope& scope) const {
  std::string key;
  const auto add = [&](const std::string& part) {
    key += part;
    key += '\0';
  };
  add(command.file);
  add(command.directory);
  for (const std::string& argument : command.arguments) add(argument);
  add(scope.directory);
  for (const std::string& space : scope.library_namespaces) add(space);
  // Two halves, so that it is no accident if they agree.
  const std::string name = fmt::format("{:016x}{:016x}", HashOf(key), HashOf("second" + key));
  return directory_ / name.substr(0, 2) / (name.substr(2) + ".facts");
}

// The models are part of the program.
std::uint64_t FactsCache::Program() {
  return HashOf(fmt::format("{} {}", ContentHash("/proc/self/exe"), ExtractorVersion()));
}

std::uint64_t FactsCache::ContentHash(const std::string& path) {
  const auto [it, is_new] = hashes_.emplace(path, 0);
  if (is_new) {
    if (const auto content = ReadFile(path)) it->second = HashOf(*content);
  }
  return it->second;
}

std::optional<FileFacts> FactsCache::Find(const CompileCommand& command,
                                          const ExtractScope& scope) {
  const std::optional<std::string> payload = ReadEntry(EntryFor(command, scope), Program());
  if (!payload) return std::nullopt;
  std::optional<FileFacts> facts = FactsFromBytes(*payload);
  if (!facts || facts->path != command.file) return std::nullopt;
  for (const Dependency& dependency : facts->dependencies) {
    if (ContentHash(dependency.path) != dependency.hash) return std::nullopt;
  }
  return facts;
}

std::expected<void, Error> FactsCache::Store(const CompileCommand& command,
                                             const ExtractScope& scope, const FileFacts& facts) {
  if (!facts.parse_error.empty()) return {};
  const fs::path entry = EntryFor(command, scope);
  std::error_code error;
  fs::create_directories(entry.parent_path(), error);
  if (error) return Unwritable(entry.parent_path(), error);
  // Another program may write the same entry at this moment: the last one stays, whole. There is no
  // fsync: what a power failure leaves half is told by its hash.
  const fs::path temporary = fmt::format("{}.{}", entry.string(), ::getpid());
  const std::string payload = FactsToBytes(facts);
  std::ofstream out(temporary, std::ios::binary);
  out << Header(Program(), payload) << payload;
  out.close();
  if (out) {
    fs::rename(temporary, entry, error);
    if (!error) return {};
  } else {
    error = {errno, std::generic_category()};
  }
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return Unwritable(entry, error);
}

std::optional<fs::path> DefaultCacheDirectory() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && fs::path(cache).is_absolute()) return fs::path(cache) / "filibuster";
  const char* home = std::getenv("HOME");
  if (home != nullptr && fs::path(home).is_absolute()) {
    return fs::path(home) / ".cache" / "filibuster";
  }
  return std::nullopt;
}

}  // namespace filibuster
