// The sources of a service => its Program. Code outside of the service that it calls is looked for
// where it is declared. What could not be read or found is said.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analyzer/analyze.h"
#include "analyzer/compile_commands.h"
#include "analyzer/extract_pool.h"
#include "analyzer/library_model.h"
#include "analyzer/program.h"
#include "analyzer/sources.h"

namespace filibuster {

class ProgramLoader {
 public:
  // `root` is the services directory, absolute; options and models must outlive the loader.
  ProgramLoader(const AnalyzerOptions& options, std::span<const LibraryModel> models,
                BuildDescription build, std::filesystem::path root);

  // Begins to read the files of a service, whose absolute directory is `directory`.
  void Begin(const ServiceSources& sources, const std::string& directory);
  // The facts that it points to live as long as the loader.
  std::unique_ptr<Program> Load(const ServiceSources& sources, const std::string& directory);

  // `path:line:column: first error` of the files that could not be read in full.
  const std::vector<std::string>& unread() const { return unread_; }
  // Whether there is a file that was.
  bool has_read() const { return has_read_; }

 private:
  void Request(const std::string& file, const std::string& directory, const std::string& includer);
  const FileFacts& Get(const std::string& file);
  void WarnOfMissing(const Program& program, const std::string& directory);
  std::string Shown(const std::string& file) const;

  const AnalyzerOptions& options_;
  std::span<const LibraryModel> models_;
  BuildDescription build_;
  std::filesystem::path root_;
  ExtractPool pool_;
  std::set<std::string> seen_;    // files
  std::set<std::string> warned_;  // of what is declared in these headers
  std::vector<std::string> unread_;
  bool has_read_ = false;
};

}  // namespace filibuster
