// Extracts several files at a time, each in a process of its own: a crash inside Clang, or a file
// that takes for ever, costs that file only.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/extract.h"
#include "analyzer/facts_cache.h"

namespace filibuster {

struct ExtractSettings {
  int jobs = 0;  // files at a time; 0: as many as there are processors
  std::chrono::milliseconds file_timeout = std::chrono::minutes(2);
  std::optional<std::filesystem::path> cache_directory;
};

class ExtractPool {
 public:
  using Extractor = FileFacts (*)(const CompileCommand& command, const ExtractScope& scope);

  ExtractPool(const ExtractSettings& settings, std::vector<std::string> library_namespaces,
              Extractor extractor = ExtractFile);
  ~ExtractPool();
  ExtractPool(const ExtractPool&) = delete;
  ExtractPool& operator=(const ExtractPool&) = delete;

  // Begins to extract a file, once.
  void Request(CompileCommand command, std::string directory);
  // Waits for a file that was requested. The facts live as long as the pool.
  const FileFacts& Get(const std::string& file);

 private:
  using Clock = std::chrono::steady_clock;
  struct Job {
    CompileCommand command;
    ExtractScope scope;
  };
  struct Worker {
    Job job;
    pid_t process = -1;
    int results = -1;  // a pipe that the process writes its facts to
    Clock::time_point deadline;
    std::string bytes;
  };

  void StartWorkers();
  void Start(Job job);
  void WaitForSome();
  // Whether there is more to come.
  bool Read(Worker& worker) const;
  void Finish(Worker& worker, bool in_time);
  static void End(const Worker& worker);

  std::size_t jobs_;
  std::chrono::milliseconds file_timeout_;
  std::vector<std::string> library_namespaces_;
  Extractor extractor_;
  std::optional<FactsCache> cache_;
  std::deque<Job> waiting_;
  std::vector<Worker> workers_;
  std::map<std::string, std::optional<FileFacts>> files_;
};

}  // namespace filibuster
