#include "filibuster/detail/swapped_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <system_error>
#include <thread>
#include <utility>

#include "runtime/unique_fd.h"

namespace filibuster {
namespace {

UniqueFd Socket() { return UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

// Both ends of a connection on loopback.
bool Connect(UniqueFd* near, UniqueFd* far) {
  const UniqueFd listener = Socket();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const at = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  *near = Socket();
  if (::bind(listener.get(), at, size) != 0 || ::listen(listener.get(), 1) != 0 ||
      ::getsockname(listener.get(), at, &size) != 0 || ::connect(near->get(), at, size) != 0) {
    return false;
  }
  *far = UniqueFd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  return far->get() >= 0;
}

void CopySettings(int from, int to) {
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    timeval timeout{};
    socklen_t size = sizeof timeout;
    if (::getsockopt(from, SOL_SOCKET, option, &timeout, &size) == 0) {
      ::setsockopt(to, SOL_SOCKET, option, &timeout, size);
    }
  }
  ::fcntl(to, F_SETFL, ::fcntl(from, F_GETFL));
}

// Takes what `socket` is sent, until the connection ends: a message may be longer than what the
// kernel keeps for who does not read, and to send it would take for ever. False if it cannot.
bool Drain(int socket) {
  UniqueFd end(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (end.get() < 0) return false;
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);  // a handler of the service's has no business on this thread
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  bool drains = true;
  try {
    std::thread([end = std::move(end)] {
      char block[16 << 10];
      while (::recv(end.get(), block, sizeof block, 0) > 0) {
      }
    }).detach();
  } catch (const std::system_error&) {
    drains = false;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return drains;
}

}  // namespace

SwappedPeer::~SwappedPeer() { Close(); }

bool SwappedPeer::Swap(int socket, Way way) {
  Close();
  UniqueFd near;
  UniqueFd far;
  UniqueFd before(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (before.get() < 0 || !Connect(&near, &far)) return false;
  CopySettings(socket, near.get());
  if (way == Way::kClose && ::shutdown(far.get(), SHUT_WR) != 0) return false;
  if (!Drain(far.get())) return false;
  const int close_on_exec = ::fcntl(socket, F_GETFD) & FD_CLOEXEC;
  if (::dup3(near.get(), socket, close_on_exec != 0 ? O_CLOEXEC : 0) < 0) return false;
  socket_ = socket;
  before_ = before.release();
  peer_ = far.release();
  return true;
}

void SwappedPeer::Restore() {
  if (before_ < 0) return;
  const int close_on_exec = ::fcntl(socket_, F_GETFD) & FD_CLOEXEC;
  ::dup3(before_, socket_, close_on_exec != 0 ? O_CLOEXEC : 0);
  Close();
}

void SwappedPeer::LetGo() {
  if (const int closed = std::exchange(before_, -1); closed >= 0) ::close(closed);
}

void SwappedPeer::Close() {
  LetGo();
  const int closed = std::exchange(peer_, -1);
  if (closed < 0) return;
  ::shutdown(closed, SHUT_RDWR);  // ends who drains it
  ::close(closed);
}

std::optional<double> ReceiveTimeout(int socket) {
  timeval timeout{};
  socklen_t size = sizeof timeout;
  if (::getsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, &size) != 0) return std::nullopt;
  if (timeout.tv_sec == 0 && timeout.tv_usec == 0) return std::nullopt;
  return static_cast<double>(timeout.tv_sec) + static_cast<double>(timeout.tv_usec) / 1e6;
}

}  // namespace filibuster
