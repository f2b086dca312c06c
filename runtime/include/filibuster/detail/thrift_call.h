// One call of a Thrift client, from before it is sent until its outcome is known. Part of
// filibuster/thrift.h.
#pragma once

#include <thrift/transport/TSocket.h>

#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>

#include "filibuster/call_site.h"
#include "filibuster/detail/swapped_peer.h"
#include "filibuster/detail/thrift_headers.h"
#include "filibuster/detail/thrift_values.h"
#include "filibuster/injector.h"

namespace filibuster_thrift {

class ClientCall {
  using TTransport = ::apache::thrift::transport::TTransport;
  using TSocket = ::apache::thrift::transport::TSocket;
  using Way = filibuster::SwappedPeer::Way;

 public:
  explicit ClientCall(std::shared_ptr<TTransport> transport)
      : transport_(std::move(transport)),
        socket_(SocketOf(transport_)),
        encrypts_(socket_ != nullptr && typeid(*socket_) != typeid(TSocket)) {}

  void Begin(const std::string& method, bool oneway) {
    const filibuster::CallSite& site = filibuster::CurrentCallSite();
    filibuster::OutgoingCall call;
    call.module = "thrift";
    call.method = method.c_str();
    call.target = (socket_ != nullptr ? std::to_string(socket_->getPort()) : "") + "/" + method;
    call.file = site.file.c_str();
    call.line = site.line;
    call.stack = site.stack;
    if (IsConnected()) call.timeout = filibuster::ReceiveTimeout(socket_->getSocketFD());
    oneway_ = oneway;
    injection_.emplace(call);
    headers_ = injection_->headers();
    fault_.reset();
    if (!injection_->fault()) return;
    Plan(*injection_->fault(), call.timeout.has_value());
    if (!fault_) {
      headers_ = injection_->headers();  // without what was for the fault
    } else if (!fault_->call_first) {
      fault_->transport ? BreakConnection() : Swap(Way::kStaySilent);  // and back, for the latter
    }
  }

  // Before anything is sent: who reads the answer does not see where it ends.
  void CannotDropAnswer() {
    if (!DropsAnswer()) return;
    injection_->DropFault("on a buffered transport the end of an answer is not seen");
    fault_.reset();
    headers_ = injection_->headers();
  }

  const Headers& headers() const { return headers_; }

  bool WillFail() const { return fault_.has_value(); }
  // Of the connection: whoever drops its transport closes it. Nothing is changed there any more,
  // and what has been stays so.
  void LetGo() {
    transport_.reset();
    peer_.LetGo();
  }

  // Runs what may throw of the call.
  template <typename Part>
  void Watch(Part&& part) {
    try {
      part();
    } catch (const ::apache::thrift::TException& exception) {
      Failed(NameOf(exception));
      throw;
    }
  }

  void Sent() {
    if (oneway_) Returned();
  }
  // Before an answer is read; one that is read may still have to be dropped.
  void BeforeAnswer() {
    if (!fault_ || fault_->call_first || fault_->transport) return;
    peer_.Restore();
    Raise();
  }
  bool DropsAnswer() const { return fault_ && fault_->call_first; }
  void AnswerDropped() {
    if (!fault_->transport) Raise();
    fault_->call_first = false;
    BreakConnection();  // what is read next fails
  }

  void Returned() {
    if (injection_) injection_->Returned();
    injection_.reset();
  }
  void Failed(const std::string& name) {
    if (injection_) injection_->Failed(name);
    injection_.reset();
  }

 private:
  // A socket that encrypts says that it is not open before its first handshake.
  bool IsConnected() const { return socket_ != nullptr && socket_->TSocket::isOpen(); }

  void Plan(const filibuster::InjectedFault& planned, bool has_timeout) {
    Fault fault = FaultOf(planned);
    const bool closes = fault.transport == TTransportException::NOT_OPEN;
    if (!fault.IsKnown()) {
      injection_->DropFault("Thrift's instrumentation knows no such failure");
    } else if (oneway_ && !closes) {
      injection_->DropFault("nobody waits for the answer of a oneway call");
    } else if (!closes && !IsConnected()) {
      injection_->DropFault("the transport is not a socket that is open");
    } else if (encrypts_ && fault.transport == TTransportException::END_OF_FILE) {
      injection_->DropFault("who encrypts says goodbye before the end, and our peer cannot");
    } else if (encrypts_ && !fault.transport && !fault.call_first) {
      injection_->DropFault("what is encrypted cannot be kept from the callee and go on");
    } else if (fault.transport == TTransportException::TIMED_OUT && !has_timeout) {
      injection_->DropFault("the socket has no timeout");
    } else {
      fault_ = std::move(fault);
    }
  }

  // Then Thrift fails by itself, in this call and in later ones on the connection.
  void BreakConnection() {
    if (fault_->transport == TTransportException::NOT_OPEN) return transport_->close();
    if (encrypts_) Watch([&] { socket_->write(nullptr, 0); });  // a handshake, if there was none
    Swap(fault_->transport == TTransportException::TIMED_OUT ? Way::kStaySilent : Way::kClose);
  }
  void Swap(Way way) { peer_.Swap(socket_->getSocketFD(), way); }

  void Raise() {
    const Fault fault = *std::exchange(fault_, std::nullopt);
    Failed(fault.name);
    fault.Throw();
  }

  std::shared_ptr<TTransport> transport_;
  TSocket* const socket_;
  const bool encrypts_;
  std::optional<filibuster::Injection> injection_;
  Headers headers_;
  std::optional<Fault> fault_;
  filibuster::SwappedPeer peer_;
  bool oneway_ = false;
};

}  // namespace filibuster_thrift
