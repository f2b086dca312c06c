// Requests by POCO's HTTP clients: in a library that is linked with POCO, and loaded by
// libfilibuster-preload-poco.so. Compiled with -fno-access-control: where a session's requests go
// is nobody's business otherwise.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/SocketImpl.h>
#include <Poco/Net/StreamSocket.h>
#include <arpa/inet.h>
#include <cxxabi.h>
#include <netinet/in.h>
#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "filibuster/call_site.h"
#include "filibuster/detail/http_reason.h"
#include "filibuster/injector.h"
#include "runtime/forks.h"
#include "runtime/preload/loopback_peer.h"
#include "runtime/preload/poco_body.h"
#include "runtime/preload/poco_hooks.h"
#include "runtime/preload/poco_server.h"

namespace filibuster {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

// Its own, where the service has set it.
std::optional<double> TimeoutOf(const HTTPClientSession& session) {
  const Poco::Timespan::TimeDiff defaults[] = {HTTPClientSession::HTTP_DEFAULT_TIMEOUT,
                                               HTTPClientSession::HTTP_DEFAULT_CONNECTION_TIMEOUT};
  for (const auto& [microseconds, otherwise] :
       {std::pair(session._receiveTimeout.totalMicroseconds(), defaults[0]),
        {session._connectionTimeout.totalMicroseconds(), defaults[1]}}) {
    if (microseconds != 0 && microseconds != otherwise) {
      return static_cast<double>(microseconds) / 1e6;
    }
  }
  return std::nullopt;
}

OutgoingCall CallOf(const HTTPClientSession& session, const HTTPRequest& request) {
  const CallSite& site = CurrentCallSite();
  OutgoingCall call;
  call.module = "poco";
  call.method = request.getMethod().c_str();
  call.target = std::to_string(session._port) + request.getURI();
  call.file = site.file.c_str();
  call.line = site.line;
  call.stack = site.stack;
  call.timeout = TimeoutOf(session);
  call.ssl = session.secure();
  return call;
}

std::string NameOf(const std::exception& exception) {
  int status = 0;
  char* const name = abi::__cxa_demangle(typeid(exception).name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : typeid(exception).name();
  std::free(name);
  return text;
}

// A session's socket that encrypts is exchanged for one that does not, for as long as this lives:
// our peer has no certificate that the service would trust.
class PlainConnection {
 public:
  PlainConnection(HTTPClientSession* session, int port)
      : session_(*session), socket_(AddressOf(port)), ours_(socket_._pImpl) {
    ours_->duplicate();
    socket_._pImpl->setReceiveTimeout(session->_receiveTimeout);
    std::swap(session_._socket._pImpl, socket_._pImpl);
  }
  ~PlainConnection() {
    // What the service has done with the session meanwhile may have closed ours.
    if (session_._socket._pImpl == ours_) std::swap(session_._socket._pImpl, socket_._pImpl);
    ours_->release();
  }
  PlainConnection(const PlainConnection&) = delete;
  PlainConnection& operator=(const PlainConnection&) = delete;

 private:
  static Poco::Net::SocketAddress AddressOf(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return {reinterpret_cast<const sockaddr*>(&address), sizeof address};
  }

  HTTPClientSession& session_;
  Poco::Net::StreamSocket socket_;
  const Poco::Net::SocketImpl* const ours_;  // held, or its address might be another one's
};

// From sendRequest() to receiveResponse().
struct PocoCall {
  explicit PocoCall(const OutgoingCall& call) : injection(call) {}

  // Runs a part of the call that may throw.
  template <typename Part>
  auto* Watch(Part&& part) {
    try {
      return part();
    } catch (const std::exception& exception) {
      injection.Failed(NameOf(exception));
      throw;
    }
  }

  Injection injection;
  bool is_made = false;                         // before it fails
  std::unique_ptr<LoopbackPeer> peer;           // if the call is to fail
  std::unique_ptr<PlainConnection> connection;  // to the peer, in place of one that encrypts
};

// The calls that have been sent, by session. Never destroyed: calls may be made while the program
// ends.
class PocoCalls {
 public:
  constexpr PocoCalls() = default;  // before any thread

  PocoCall& Put(const void* session, std::unique_ptr<PocoCall> call) {
    PocoCall& put = *call;
    const std::lock_guard<ForkMutex> lock(mutex_);
    std::swap(calls()[session], call);  // what was there dies outside of the lock
    return put;
  }
  // Null if there is none.
  PocoCall* Find(const void* session) {
    const std::lock_guard<ForkMutex> lock(mutex_);
    const auto found = calls().find(session);
    return found == calls().end() ? nullptr : found->second.get();
  }
  std::unique_ptr<PocoCall> Take(const void* session) {
    const std::lock_guard<ForkMutex> lock(mutex_);
    const auto found = calls().find(session);
    if (found == calls().end()) return nullptr;
    std::unique_ptr<PocoCall> call = std::move(found->second);
    calls().erase(found);
    return call;
  }

  ForkMutex& mutex() { return mutex_; }

 private:
  using Calls = std::map<const void*, std::unique_ptr<PocoCall>>;

  Calls& calls() {
    if (calls_ == nullptr) calls_ = new Calls;
    return *calls_;
  }

  ForkMutex mutex_;
  Calls* calls_ = nullptr;  // guarded by mutex_
};

PocoCalls the_calls;
[[maybe_unused]] const int follows_forks =
    ::pthread_atfork([] { the_calls.mutex().BeforeFork(); }, [] { the_calls.mutex().AfterFork(); },
                     [] { the_calls.mutex().AfterFork(); });

// What makes a session fail as planned; null if nothing can.
std::unique_ptr<LoopbackPeer> PeerFor(const InjectedFault& fault) {
  using Way = LoopbackPeer::Way;
  if (fault.status != 0) {
    const std::string status = std::to_string(fault.status) + " " + ReasonOf(fault.status);
    return std::make_unique<LoopbackPeer>(Way::kAnswer,
                                          "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
  }
  for (const auto& [name, way] : {std::pair("Poco::Net::ConnectionRefusedException", Way::kRefuse),
                                  {"Poco::TimeoutException", Way::kStaySilent},
                                  {"Poco::Net::NoMessageException", Way::kClose}}) {
    if (fault.exception == name) return std::make_unique<LoopbackPeer>(way, "");
  }
  return nullptr;
}

bool Transforms(const Injection& injection) {
  return injection.fault() && !injection.fault()->transformation.empty();
}

void Plan(const HTTPClientSession& session, PocoCall* call) {
  if (!call->injection.fault() || Transforms(call->injection)) return;
  const InjectedFault& fault = *call->injection.fault();
  std::unique_ptr<LoopbackPeer> peer = PeerFor(fault);
  if (peer == nullptr) {
    call->injection.DropFault("POCO's instrumentation knows no such failure");
  } else if (fault.call_first && !peer->listens()) {
    call->injection.DropFault("not after a call that is made");
  } else if (!session._proxyConfig.host.empty()) {
    call->injection.DropFault("not by a proxy");
  } else if (peer->port() == 0) {
    call->injection.DropFault("there is no peer to be had on loopback");
  } else {
    call->peer = std::move(peer);
    call->is_made = fault.call_first;
  }
}

// Sends a session's request to our peer instead, for as long as this lives.
class Redirection {
 public:
  Redirection(HTTPClientSession* session, const std::string& host, int port)
      : session_(*session),
        host_(std::exchange(session->_host, host)),
        port_(std::exchange(session->_port, static_cast<Poco::UInt16>(port))),
        timeout_(session->_receiveTimeout._span) {
    constexpr Poco::Timespan::TimeDiff kPatience = 100'000;  // a timeout is not waited for longer
    if (timeout_ == 0 || timeout_ > kPatience) session->_receiveTimeout._span = kPatience;
  }
  ~Redirection() {
    session_._host = std::move(host_);
    session_._port = port_;
    session_._receiveTimeout._span = timeout_;
  }

  // "127.0.0.1:PORT" of our peer becomes that of the callee.
  void Correct(std::exception* exception) const {
    if (NameOf(*exception) != "Poco::Net::ConnectionRefusedException") return;
    std::string& text = static_cast<Poco::Exception*>(exception)->_msg;
    const std::string ours = ":" + std::to_string(session_._port);
    const size_t at = text.find(ours);
    if (at != text.npos) text.replace(at, ours.size(), ":" + std::to_string(port_));
  }

 private:
  HTTPClientSession& session_;
  std::string host_;
  const Poco::UInt16 port_;
  const Poco::Timespan::TimeDiff timeout_;
};

void* SendToPeer(PocoSend* next, HTTPClientSession* session, HTTPRequest* request, PocoCall* call) {
  // Where nobody listens, POCO does not come to it.
  if (call->peer->listens() && request->get("Host", "").empty()) {
    request->setHost(session->_host, session->_port);
  }
  session->close();  // a kept connection leads to the callee
  // Without a host, a session takes the connection that it has.
  const bool is_plain = session->secure() && call->peer->listens();
  const Redirection redirection(session, is_plain ? "" : "127.0.0.1", call->peer->port());
  try {
    if (is_plain) {
      call->connection = std::make_unique<PlainConnection>(session, call->peer->port());
    }
    return next(session, request);
  } catch (std::exception& exception) {
    redirection.Correct(&exception);
    throw;
  }
}

// The answer of the callee is not for the caller, who gets what comes from our peer.
void DropAnswer(HTTPClientSession* session, std::istream* answer, PocoCall* call) {
  answer->ignore(std::numeric_limits<std::streamsize>::max());
  session->close();
  const Redirection redirection(session, "", call->peer->port());
  call->connection = std::make_unique<PlainConnection>(session, call->peer->port());
  session->_responseReceived = false;
}

void* Send(PocoSend* next, void* sender, void* sent) {
  auto* const session = static_cast<HTTPClientSession*>(sender);
  auto* const request = static_cast<HTTPRequest*>(sent);
  PocoCall& call = the_calls.Put(session, std::make_unique<PocoCall>(CallOf(*session, *request)));
  Plan(*session, &call);
  for (const auto& [name, value] : call.injection.headers()) request->set(name, value);
  return call.Watch([&] {
    return call.peer == nullptr || call.is_made ? next(session, request)
                                                : SendToPeer(next, session, request, &call);
  });
}

bool Peek(PocoPeek* next, void* session, void* response) {
  PocoCall* const call = the_calls.Find(session);
  if (call == nullptr) return next(session, response);
  if (call->peer != nullptr && !call->is_made) call->peer->Speak();
  try {
    return next(session, response);
  } catch (const std::exception& exception) {
    the_calls.Take(session)->injection.Failed(NameOf(exception));
    throw;
  }
}

void* Receive(PocoReceive* next, void* receiver, void* received) {
  const std::unique_ptr<PocoCall> call = the_calls.Take(receiver);
  if (call == nullptr) return next(receiver, received);
  auto* const session = static_cast<HTTPClientSession*>(receiver);
  auto* const response = static_cast<HTTPResponse*>(received);
  const auto receive = [&] { return static_cast<std::istream*>(next(session, response)); };
  if (call->is_made) DropAnswer(session, call->Watch(receive), call.get());
  if (call->peer != nullptr) {
    call->peer->Speak();
    session->_mustReconnect = true;  // the next request goes to the callee again
  }
  std::istream* body = call->Watch(receive);
  if (Transforms(call->injection)) {
    session->_pResponseStream =
        TransformBody(session->_pResponseStream, response, &call->injection);
    body = session->_pResponseStream.get();
  }
  call->injection.Returned(response->getStatus(), "");
  return body;
}

// Nobody asks for the answer to what it has sent any more.
void SessionEnds(const void* session) { the_calls.Take(session); }

}  // namespace
}  // namespace filibuster

extern "C" [[gnu::visibility("default")]] const filibuster::PocoHooks filibuster_poco_hooks = {
    filibuster::Send,        filibuster::Peek,          filibuster::Receive,
    filibuster::SessionEnds, filibuster::RequestBegins, filibuster::ResponseIsSent,
    filibuster::RequestEnds};
