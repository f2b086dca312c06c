// One call of a Thrift client, from before it is sent until its outcome is known. Part of
// filibuster/thrift.h.
#pragma once

#include <thrift/transport/TBufferTransports.h>
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
      : transport_(std::move(transport)), socket_(SocketOf(transport_)) {}

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

  // To be sent.
  const Headers& headers() const { return headers_; }

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
  // What a framed or a buffered transport is on. Null: not a socket, or one that encrypts.
  static TSocket* SocketOf(const std::shared_ptr<TTransport>& transport) {
    using namespace ::apache::thrift::transport;
    std::shared_ptr<TTransport> under = transport;
    if (auto* framed = dynamic_cast<TFramedTransport*>(under.get())) {
      under = framed->getUnderlyingTransport();
    } else if (auto* buffered = dynamic_cast<TBufferedTransport*>(under.get())) {
      under = buffered->getUnderlyingTransport();
    }
    TTransport* const found = under.get();
    return found != nullptr && typeid(*found) == typeid(TSocket) ? static_cast<TSocket*>(found)
                                                                 : nullptr;
  }

  bool IsConnected() const { return socket_ != nullptr && socket_->isOpen(); }

  void Plan(const filibuster::InjectedFault& planned, bool has_timeout) {
    Fault fault = FaultOf(planned);
    const bool closes = fault.transport == TTransportException::NOT_OPEN;
    if (!fault.IsKnown()) {
      injection_->DropFault("Thrift's instrumentation knows no such failure");
    } else if (oneway_ && !closes) {
      injection_->DropFault("nobody waits for the answer of a oneway call");
    } else if (!closes && !IsConnected()) {
      injection_->DropFault("the transport is not a socket without encryption that is open");
    } else if (fault.transport == TTransportException::TIMED_OUT && !has_timeout) {
      injection_->DropFault("the socket has no timeout");
    } else {
      fault_ = std::move(fault);
    }
  }

  // Then Thrift fails by itself, in this call and in later ones on the connection.
  void BreakConnection() {
    if (fault_->transport == TTransportException::NOT_OPEN) return transport_->close();
    Swap(fault_->transport == TTransportException::TIMED_OUT ? Way::kStaySilent : Way::kClose);
  }
  void Swap(Way way) { peer_.Swap(socket_->getSocketFD(), way); }

  void Raise() {
    const Fault fault = *std::exchange(fault_, std::nullopt);
    Failed(fault.name);
    fault.Throw();
  }

  const std::shared_ptr<TTransport> transport_;
  TSocket* const socket_;
  std::optional<filibuster::Injection> injection_;
  Headers headers_;
  std::optional<Fault> fault_;
  filibuster::SwappedPeer peer_;
  bool oneway_ = false;
};

}  // namespace filibuster_thrift
