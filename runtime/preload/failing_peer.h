// a way to fail => a peer on loopback that makes libcurl itself fail in that way
//
// libcurl reaches it through CURLOPT_OPENSOCKETFUNCTION, and believes it to be the real one. So the
// error, its text, every CURLINFO_* and the order of the callbacks are libcurl's own. No thread is
// needed: what the peer has to say, it says when libcurl has just sent the request.
#pragma once

#include <curl/curl.h>
#include <netinet/in.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/unique_fd.h"

namespace filibuster {

class FailingPeer {
 public:
  enum class Way {
    kRefuse,          // nobody listens
    kNeverConnect,    // the connection is never made
    kStaySilent,      // takes the request, and says nothing
    kClose,           // takes the request, and closes
    kReset,           // takes the request, and resets the connection
    kAnswer,          // answers
    kAnswerAndClose,  // answers, and closes
  };

  FailingPeer(Way way, std::string answer) : way_(way), answer_(std::move(answer)) {
    ip_.reserve(INET6_ADDRSTRLEN);  // Open() has no memory to ask for
  }

  // The socket to talk to it by; CURL_SOCKET_BAD if there is none to be had. `address`, the real
  // callee's, becomes the peer's.
  curl_socket_t Open(curl_sockaddr* address) noexcept;
  // So much of the request has been sent: its head, or a part of its body, or of something secret.
  void HeadSent(std::string_view head) noexcept;
  void BodySent(std::string_view part) noexcept;
  void SecretSent() noexcept { Speak(); }

  // The callee that it stands for; "" and 0 if it has no internet address.
  const std::string& ip() const { return ip_; }
  long port() const { return port_; }

 private:
  void Speak() noexcept;

  const Way way_;
  const std::string answer_;
  std::string ip_;
  long port_ = 0;
  std::size_t body_left_ = 0;
  bool chunked_ = false;
  bool has_spoken_ = false;
  UniqueFd listener_;    // or what holds a port on which nobody listens
  UniqueFd filler_;      // fills the listener's queue
  UniqueFd connection_;  // the peer's end
};

}  // namespace filibuster
