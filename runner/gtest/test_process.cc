#include "runner/gtest/test_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace filibuster {
namespace {

namespace fs = std::filesystem;

constexpr char kLogDirectory[] = ".filibuster/logs";

std::expected<UniqueFd, Error> Lock(const std::string& file) {
  UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  int result = fd ? 0 : -1;
  if (fd) {
    do {
      result = ::flock(fd.get(), LOCK_EX);
    } while (result != 0 && errno == EINTR);
  }
  if (result != 0) return std::unexpected(Error{fmt::format("{}: {}", file, std::strerror(errno))});
  return fd;
}

}  // namespace

std::expected<std::unique_ptr<TestProcess>, Error> TestProcess::Start(int port) {
  ControlServerOptions options{.port = port};
  if (const char* token = std::getenv("FILIBUSTER_TOKEN")) options.token = token;
  auto server = ControlServer::Start(options);
  if (!server) return std::unexpected(server.error());
  // For the services that tests start, for instrumented code in this process, and for assertions.
  ::setenv("FILIBUSTER_URL", (*server)->url().c_str(), 1);
  return std::unique_ptr<TestProcess>(new TestProcess(*std::move(server)));
}

std::expected<Services*, Error> TestProcess::ServicesOf(const std::string& application_file) {
  std::error_code error;
  const std::string path = fs::absolute(application_file, error);
  if (const auto found = running_.find(path); found != running_.end()) {
    return found->second.services.get();
  }
  auto application = ReadApplication(application_file);
  if (!application) return std::unexpected(application.error());
  auto lock = Lock(path);
  if (!lock) return std::unexpected(lock.error());
  auto services = std::make_unique<Services>(
      *std::move(application), ServiceOptions{.environment = {{"FILIBUSTER_URL", server_->url()}},
                                              .log_directory = kLogDirectory});
  if (const auto started = services->Start(); !started) return std::unexpected(started.error());
  Running& running = running_[path];
  running = {*std::move(lock), std::move(services)};
  return running.services.get();
}

}  // namespace filibuster
