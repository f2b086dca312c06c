// File => its lines, each file read once. One that cannot be read has none.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace filibuster {

class SourceCache {
 public:
  explicit SourceCache(std::filesystem::path root) : root_(std::move(root)) {}

  const std::vector<std::string>& Lines(const std::string& file);

 private:
  std::filesystem::path root_;
  std::map<std::string, std::vector<std::string>> files_;
};

}  // namespace filibuster
