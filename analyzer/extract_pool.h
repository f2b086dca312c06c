// Extracts several files at a time.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/extract.h"

namespace filibuster {

class ExtractPool {
 public:
  ExtractPool(unsigned threads, std::vector<std::string> library_namespaces);
  ~ExtractPool();
  ExtractPool(const ExtractPool&) = delete;
  ExtractPool& operator=(const ExtractPool&) = delete;

  // Begins to extract a file, once.
  void Request(CompileCommand command, std::string directory);
  // Waits for a file that was requested. The facts live as long as the pool.
  const FileFacts& Get(const std::string& file);

 private:
  struct Job {
    CompileCommand command;
    std::string directory;
  };
  void Work();

  std::vector<std::string> library_namespaces_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::map<std::string, std::optional<FileFacts>> files_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace filibuster
