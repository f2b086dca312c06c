// Extracts several files at a time, each in a process of its own: a crash inside Clang, or a file
// that takes for ever, costs that file only. Includes that several files begin with are parsed by
// one process, of which those that parse the files are copies.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
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

// As ExtractFile and ExtractAfter; tests have others.
struct Extractors {
  FileFacts (*one)(const CompileCommand& command, const ExtractScope& scope) = ExtractFile;
  FileFacts (*after)(const std::vector<std::string>& includes, const CompileCommand& like,
                     const std::function<const ExtractJob&()>& next) = ExtractAfter;
};

class ExtractPool {
 public:
  ExtractPool(const ExtractSettings& settings, std::vector<std::string> library_namespaces,
              Extractors extractors = {});
  ~ExtractPool();
  ExtractPool(const ExtractPool&) = delete;
  ExtractPool& operator=(const ExtractPool&) = delete;

  // A file is extracted once, and not before somebody waits for one: files that begin with the same
  // includes are to be known by then.
  void Request(CompileCommand command, std::string directory);
  // Waits for a file that was requested. The facts live as long as the pool.
  const FileFacts& Get(const std::string& file);

 private:
  using Clock = std::chrono::steady_clock;
  // Files that one process extracts, one after the other.
  struct Batch {
    std::vector<std::string> includes;  // that it parses once for all of them
    std::vector<ExtractJob> jobs;
  };
  struct Worker {
    bool shares_includes = false;
    pid_t process = -1;
    std::deque<ExtractJob> jobs;  // in turn
    std::deque<int> results;      // pipes that the facts of each come through
    Clock::time_point deadline;   // of the first
    std::string bytes;            // likewise
  };

  void MakeBatches();
  void StartWorkers();
  // Whether it could; what could not be started waits, or is lost if there is nothing to wait for.
  bool Start(Batch batch);
  [[noreturn]] void RunWorker(const Batch& batch, std::span<const int> results) const;
  void WaitForSome();
  // Whether there is more to come.
  bool Read(Worker& worker) const;
  // What its first file is waited for no longer.
  void Finish(Worker& worker, bool in_time);
  void ExtractAlone(ExtractJob job);
  void Keep(const ExtractJob& job, const FileFacts& facts);
  static void End(Worker& worker);

  std::size_t jobs_;
  std::chrono::milliseconds file_timeout_;
  std::vector<std::string> library_namespaces_;
  Extractors extractors_;
  std::optional<FactsCache> cache_;
  bool keeps_ = true;  // false: the cache could not be written to
  std::vector<ExtractJob> requested_;
  std::deque<Batch> waiting_;
  std::vector<Worker> workers_;
  std::map<std::string, std::optional<FileFacts>> files_;
};

}  // namespace filibuster
