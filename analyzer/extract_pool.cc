#include "analyzer/extract_pool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "analyzer/facts_io.h"

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

// What only a process that parses one file needs.
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
                         std::vector<std::string> library_namespaces, Extractor extractor)
    : jobs_(settings.jobs > 0 ? static_cast<std::size_t>(settings.jobs)
                              : std::max(1U, std::thread::hardware_concurrency())),
      file_timeout_(settings.file_timeout),
      library_namespaces_(std::move(library_namespaces)),
      extractor_(extractor) {
  if (settings.cache_directory) cache_.emplace(*settings.cache_directory);
}

ExtractPool::~ExtractPool() {
  for (const Worker& worker : workers_) End(worker);
}

void ExtractPool::End(const Worker& worker) {
  ::kill(worker.process, SIGKILL);
  ::waitpid(worker.process, nullptr, 0);
  ::close(worker.results);
}

void ExtractPool::Request(CompileCommand command, std::string directory) {
  const auto [it, is_new] = files_.emplace(command.file, std::nullopt);
  if (!is_new) return;
  Job job{std::move(command), {std::move(directory), library_namespaces_}};
  if (cache_) it->second = cache_->Find(job.command, job.scope);
  if (it->second) return;
  waiting_.push_back(std::move(job));
  StartWorkers();
}

const FileFacts& ExtractPool::Get(const std::string& file) {
  const std::optional<FileFacts>& facts = files_.at(file);
  while (!facts) WaitForSome();
  return *facts;
}

void ExtractPool::StartWorkers() {
  while (workers_.size() < jobs_ && !waiting_.empty()) {
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    Start(std::move(job));
  }
}

void ExtractPool::Start(Job job) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    files_.at(job.command.file) = Lost(job.command.file, std::strerror(errno));
    return;
  }
  const pid_t parent = ::getpid();
  // This process has one thread, so that its copy may do anything.
  const pid_t process = ::fork();
  if (process == 0) {
    BecomeWorker(parent);
    WriteAll(ends[1], FactsToBytes(extractor_(job.command, job.scope)));
    ::_exit(0);
  }
  const int error = errno;
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    files_.at(job.command.file) = Lost(job.command.file, std::strerror(error));
    return;
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  workers_.push_back({.job = std::move(job),
                      .process = process,
                      .results = ends[0],
                      .deadline = Clock::now() + file_timeout_,
                      .bytes = {}});
}

void ExtractPool::WaitForSome() {
  std::vector<pollfd> polled;
  Clock::time_point first = Clock::time_point::max();
  for (const Worker& worker : workers_) {
    polled.push_back({.fd = worker.results, .events = POLLIN, .revents = 0});
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
    return true;
  });
  StartWorkers();
}

bool ExtractPool::Read(Worker& worker) const {
  constexpr std::size_t kChunk = std::size_t{1} << 16;
  std::string chunk(kChunk, '\0');
  while (true) {
    const ssize_t size = ::read(worker.results, chunk.data(), chunk.size());
    if (size == 0) return false;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN;
    worker.bytes.append(chunk, 0, static_cast<std::size_t>(size));
  }
}

void ExtractPool::Finish(Worker& worker, bool in_time) {
  const std::string& file = worker.job.command.file;
  std::optional<FileFacts>& facts = files_.at(file);
  if (!in_time) {
    End(worker);
    const auto seconds = std::chrono::duration<double>(file_timeout_).count();
    facts = Lost(file, fmt::format("not read in {} s (--file-timeout)", seconds));
    return;
  }
  int status = 0;
  while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  ::close(worker.results);
  facts = FactsFromBytes(worker.bytes);
  if (facts) {
    if (cache_) cache_->Store(worker.job.command, worker.job.scope, *facts);
    return;
  }
  facts = Lost(file, WIFSIGNALED(status)
                         ? fmt::format("clang crashed: {}", ::strsignal(WTERMSIG(status)))
                         : std::string("clang ended without a result"));
}

}  // namespace filibuster
