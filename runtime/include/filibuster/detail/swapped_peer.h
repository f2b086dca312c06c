// a connected socket => the same socket, connected to a peer of ours that fails in a known way
//
// The library that owns the socket notices nothing, and fails by its own doing. What is planned for
// one call so outlives it, as it would: the connection stays broken until it is closed.
#pragma once

#include <optional>

namespace filibuster {

class SwappedPeer {
 public:
  enum class Way {
    kClose,       // takes what it is sent, and has closed its own direction
    kStaySilent,  // takes what it is sent, and says nothing
  };

  SwappedPeer() = default;
  ~SwappedPeer();
  SwappedPeer(const SwappedPeer&) = delete;
  SwappedPeer& operator=(const SwappedPeer&) = delete;

  // Whether there is such a peer now; if not, the socket is as it was.
  bool Swap(int socket, Way way);
  // The socket that was given to Swap() is connected as before.
  void Restore();
  // There will be no Restore(): the connection that was there ends.
  void LetGo();

 private:
  void Close();

  int socket_ = -1;
  int before_ = -1;  // keeps the connection that was there
  int peer_ = -1;
};

// A socket's receive timeout in seconds, if it has one.
std::optional<double> ReceiveTimeout(int socket);

}  // namespace filibuster
