#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace filibuster {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> SystemError(const fs::path& path, std::string_view what, int error) {
  return std::unexpected(
      Error{fmt::format("{}: {}: {}", path.string(), what, std::strerror(error))});
}

fs::path DirectoryOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// Writes all of `content`; 0 or an errno.
int WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

std::expected<void, Error> WriteDirectly(const fs::path& path, std::string_view content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return SystemError(path, "cannot write", errno);
  int error = WriteAll(fd, content);
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error != 0) return SystemError(path, "cannot write", error);
  return {};
}

}  // namespace

std::expected<std::string, Error> ReadFile(const fs::path& path) {
  std::error_code status_error;
  if (fs::is_directory(path, status_error)) {
    return std::unexpected(Error{path.string() + ": is a directory, expected a file"});
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return SystemError(path, "cannot read", errno);
  std::ostringstream content;
  content << in.rdbuf();
  if (in.bad()) return SystemError(path, "cannot read", errno);
  return std::move(content).str();
}

std::expected<void, Error> WriteFile(const fs::path& path, std::string_view content) {
  struct stat existing{};
  const bool exists = ::stat(path.c_str(), &existing) == 0;
  if (exists && S_ISDIR(existing.st_mode)) {
    return std::unexpected(Error{path.string() + ": is a directory, expected a file"});
  }
  if (exists && !S_ISREG(existing.st_mode)) return WriteDirectly(path, content);

  // A link is followed, so that the file behind it is replaced and not the link.
  std::error_code ignored;
  const fs::path target = exists ? fs::canonical(path, ignored) : path;
  std::string temporary =
      DirectoryOf(target) / fmt::format(".{}.XXXXXX", target.filename().string());
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return SystemError(path, "cannot write", errno);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  int error = ::fchmod(fd, exists ? existing.st_mode & 07777 : 0666 & ~mask) != 0 ? errno : 0;
  if (error == 0) error = WriteAll(fd, content);
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    return SystemError(path, "cannot write", error);
  }
  return {};
}

std::expected<void, Error> CheckWritable(const fs::path& path) {
  if (path.empty()) return std::unexpected(Error{"expected the name of a file, found none"});
  std::error_code status_error;
  if (fs::is_directory(path, status_error)) {
    return std::unexpected(Error{path.string() + ": is a directory, expected a file"});
  }
  const fs::path directory = DirectoryOf(path);
  if (!fs::is_directory(directory, status_error)) {
    return std::unexpected(Error{path.string() + ": no such directory: " + directory.string()});
  }
  const bool special = fs::exists(path, status_error) && !fs::is_regular_file(path, status_error);
  if (::access(special ? path.c_str() : directory.c_str(), W_OK) != 0) {
    return SystemError(path, "cannot write", errno);
  }
  return {};
}

}  // namespace filibuster
