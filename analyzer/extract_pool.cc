#include "analyzer/extract_pool.h"

#include <algorithm>
#include <utility>

namespace filibuster {

ExtractPool::ExtractPool(unsigned threads, std::vector<std::string> library_namespaces)
    : library_namespaces_(std::move(library_namespaces)) {
  for (unsigned i = 0; i < std::max(1U, threads); ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

ExtractPool::~ExtractPool() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

void ExtractPool::Request(CompileCommand command, std::string directory) {
  const std::scoped_lock lock(mutex_);
  if (!files_.emplace(command.file, std::nullopt).second) return;
  jobs_.push_back({std::move(command), std::move(directory)});
  changed_.notify_all();
}

const FileFacts& ExtractPool::Get(const std::string& file) {
  std::unique_lock lock(mutex_);
  std::optional<FileFacts>& facts = files_.at(file);
  changed_.wait(lock, [&] { return facts.has_value(); });
  return *facts;
}

void ExtractPool::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    FileFacts facts = ExtractFile(job.command, {job.directory, library_namespaces_});
    lock.lock();
    files_.at(job.command.file) = std::move(facts);
    changed_.notify_all();
  }
}

}  // namespace filibuster
