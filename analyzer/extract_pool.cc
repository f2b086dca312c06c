#include "analyzer/extract_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "analyzer/facts_io.h"
#include "analyzer/leading_includes.h"
#include "base/console.h"

namespace filibuster {
namespace {

FileFacts Lost(const std::string& file, std::string why) {
  return {.path = file, .files = {file}, .parse_error = std::move(why), .is_lost = true};
}

void WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Clang allocates a hundred megabytes and more, bit by bit, and keeps them: with large pages that
// is a tenth of the time of a parse. Where it cannot be, nothing is lost.
void PreferLargePages() {
  constexpr std::size_t kHeap = std::size_t{128} << 20;
  constexpr std::uintptr_t kLargePage = std::uintptr_t{2} << 20;
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that there can be
  ::mallopt(M_TOP_PAD, static_cast<int>(kHeap));
  // Makes the heap as large as it is to be. No page of it is in use before somebody writes to it.
  const auto begin = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* volatile block = std::malloc(kLargePage);
  std::free(block);
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  const std::uintptr_t aligned = (begin + kLargePage - 1) / kLargePage * kLargePage;
  if (aligned >= end) return;
  ::madvise(reinterpret_cast<void*>(aligned), end - aligned, MADV_HUGEPAGE);
}

// What only a process that parses needs.
void BecomeWorker(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // Clang descends into what is nested.
  constexpr rlim_t kStack = rlim_t{100} << 20;
  rlimit stack{};
  if (::getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur < kStack) {
    stack.rlim_cur = std::min(kStack, stack.rlim_max);
    ::setrlimit(RLIMIT_STACK, &stack);
  }
}

}  // namespace

ExtractPool::ExtractPool(const ExtractSettings& settings,
                         std::vector<std::string> library_namespaces, Extractors extractors)
    : jobs_(settings.jobs > 0 ? static_cast<std::size_t>(settings.jobs)
                              : std::max(1U, std::thread::hardware_concurrency())),
      file_timeout_(settings.file_timeout),
      library_namespaces_(std::move(library_namespaces)),
      extractors_(extractors) {
  if (settings.cache_directory) cache_.emplace(*settings.cache_directory);
}

ExtractPool::~ExtractPool() {
  for (Worker& worker : workers_) End(worker);
}

void ExtractPool::End(Worker& worker) {
  ::kill(worker.process, SIGKILL);
  ::waitpid(worker.process, nullptr, 0);
  for (const int results : worker.results) ::close(results);
}

void ExtractPool::Request(CompileCommand command, std::string directory) {
  const auto [it, is_new] = files_.emplace(command.file, std::nullopt);
  if (!is_new) return;
  ExtractJob job{std::move(command), {std::move(directory), library_namespaces_}};
  if (cache_) it->second = cache_->Find(job.command, job.scope);
  if (!it->second) requested_.push_back(std::move(job));
}

const FileFacts& ExtractPool::Get(const std::string& file) {
  const std::optional<FileFacts>& facts = files_.at(file);
  if (!facts) MakeBatches();
  while (!facts) WaitForSome();
  return *facts;
}

void ExtractPool::MakeBatches() {
  std::vector<CompileCommand> commands;
  for (const ExtractJob& job : requested_) commands.push_back(job.command);
  for (const IncludeGroup& group : GroupByIncludes(commands)) {
    // Of two files at least, and as many as can be extracted at a time. Each file has a pipe, of
    // which there are not any number.
    constexpr std::size_t kMaxFiles = 16;
    const std::size_t files = group.files.size();
    const std::size_t batches =
        std::max(std::clamp<std::size_t>(files / 2, 1, jobs_), (files + kMaxFiles - 1) / kMaxFiles);
    for (std::size_t i = 0; i < batches; ++i) {
      Batch batch{.includes = group.includes};
      for (std::size_t j = i; j < files; j += batches) {
        batch.jobs.push_back(std::move(requested_[group.files[j]]));
      }
      waiting_.push_back(std::move(batch));
    }
  }
  requested_.clear();
  StartWorkers();
}

void ExtractPool::StartWorkers() {
  while (workers_.size() < jobs_ && !waiting_.empty()) {
    Batch batch = std::move(waiting_.front());
    waiting_.pop_front();
    // When others have ended there may be enough of what lacks.
    if (!Start(std::move(batch)) && !workers_.empty()) return;
  }
}

// Of several files that have the includes in common each is parsed by a copy of this process.
void ExtractPool::RunWorker(const Batch& batch, std::span<const int> results) const {
  std::size_t mine = 0;
  const auto next = [&]() -> const ExtractJob& {
    const pid_t parent = ::getpid();
    for (mine = 0; mine < batch.jobs.size(); ++mine) {
      const pid_t process = ::fork();
      if (process == 0) {
        BecomeWorker(parent);
        return batch.jobs[mine];
      }
      ::close(results[mine]);
      while (process > 0 && ::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    ::_exit(0);
  };
  FileFacts facts;
  if (batch.includes.empty()) {
    facts = extractors_.one(batch.jobs.front().command, batch.jobs.front().scope);
  } else {
    facts = extractors_.after(batch.includes, batch.jobs.front().command, next);
  }
  WriteAll(results[mine], FactsToBytes(facts));
  ::_exit(0);
}

bool ExtractPool::Start(Batch batch) {
  Worker worker{.shares_includes = !batch.includes.empty()};
  std::vector<int> results;
  for (const ExtractJob& job : batch.jobs) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) break;
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    worker.jobs.push_back(job);
    worker.results.push_back(ends[0]);
    results.push_back(ends[1]);
  }
  const pid_t parent = ::getpid();
  // This process has one thread, so that its copy may do anything.
  worker.process = results.size() == batch.jobs.size() ? ::fork() : -1;
  if (worker.process == 0) {
    BecomeWorker(parent);
    PreferLargePages();
    RunWorker(batch, results);
  }
  const int error = errno;
  for (const int end : results) ::close(end);
  if (worker.process > 0) {
    worker.deadline = Clock::now() + file_timeout_;
    workers_.push_back(std::move(worker));
    return true;
  }
  for (const int end : worker.results) ::close(end);
  for (ExtractJob& job : batch.jobs) {
    if (worker.shares_includes || !workers_.empty()) {
      ExtractAlone(std::move(job));
    } else {
      files_.at(job.command.file) = Lost(job.command.file, std::strerror(error));
    }
  }
  return false;
}

void ExtractPool::WaitForSome() {
  std::vector<pollfd> polled;
  Clock::time_point first = Clock::time_point::max();
  for (const Worker& worker : workers_) {
    polled.push_back({.fd = worker.results.front(), .events = POLLIN, .revents = 0});
    first = std::min(first, worker.deadline);
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now()).count();
  constexpr std::int64_t kLongest = 60'000;
  ::poll(polled.data(), polled.size(),
         static_cast<int>(std::clamp<std::int64_t>(left, 0, kLongest)));
  const Clock::time_point now = Clock::now();
  std::erase_if(workers_, [&](Worker& worker) {
    const bool is_at_work = Read(worker);
    const bool in_time = now < worker.deadline;
    if (is_at_work && in_time) return false;
    Finish(worker, !is_at_work);
    return worker.jobs.empty();
  });
  StartWorkers();
}

bool ExtractPool::Read(Worker& worker) const {
  constexpr std::size_t kChunk = std::size_t{1} << 16;
  std::string chunk(kChunk, '\0');
  while (true) {
    const ssize_t size = ::read(worker.results.front(), chunk.data(), chunk.size());
    if (size == 0) return false;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN;
    worker.bytes.append(chunk, 0, static_cast<std::size_t>(size));
  }
}

void ExtractPool::Finish(Worker& worker, bool in_time) {
  ExtractJob job = std::move(worker.jobs.front());
  const bool is_alone = !worker.shares_includes;
  std::optional<FileFacts>& facts = files_.at(job.command.file);
  if (!in_time) {
    End(worker);
    const auto seconds = std::chrono::duration<double>(file_timeout_).count();
    facts = Lost(job.command.file, fmt::format("not read in {} s (--file-timeout)", seconds));
    worker.jobs.pop_front();
    for (ExtractJob& other : worker.jobs) ExtractAlone(std::move(other));
    worker.jobs.clear();
    return;
  }
  facts = FactsFromBytes(worker.bytes);
  ::close(worker.results.front());
  worker.results.pop_front();
  worker.jobs.pop_front();
  worker.bytes.clear();
  worker.deadline = Clock::now() + file_timeout_;
  int status = 0;
  if (worker.jobs.empty()) {
    while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
    }
  }
  // What is wrong with a file is told of it alone.
  if (!is_alone && (!facts || !facts->parse_error.empty())) {
    facts.reset();
    ExtractAlone(std::move(job));
    return;
  }
  if (facts) {
    Keep(job, *facts);
    return;
  }
  facts = Lost(job.command.file,
               WIFSIGNALED(status) ? fmt::format("clang crashed: {}", ::strsignal(WTERMSIG(status)))
                                   : std::string("clang ended without a result"));
}

void ExtractPool::Keep(const ExtractJob& job, const FileFacts& facts) {
  if (!cache_ || !keeps_) return;
  const auto stored = cache_->Store(job.command, job.scope, facts);
  if (stored) return;
  keeps_ = false;
  LogWarning("{}; all files will be read anew next time (--cache-dir names another place)",
             stored.error().message);
}

void ExtractPool::ExtractAlone(ExtractJob job) {
  Batch batch;
  batch.jobs.push_back(std::move(job));
  waiting_.push_front(std::move(batch));
}

}  // namespace filibuster
