// Thrift's exceptions and sockets <=> what an Injection speaks. Part of filibuster/thrift.h.
#pragma once

#include <thrift/TApplicationException.h>
#include <thrift/protocol/TProtocolException.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>
#include <thrift/transport/TTransportException.h>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>

#include "filibuster/injector.h"

namespace filibuster_thrift {

using ::apache::thrift::TApplicationException;
using ::apache::thrift::transport::TTransportException;

inline constexpr std::string_view kTransport = "apache::thrift::transport::TTransportException::";
inline constexpr std::string_view kApplication = "apache::thrift::TApplicationException::";

// By their numbers.
inline constexpr std::array<std::string_view, 9> kTransportNames = {
    "UNKNOWN",  "NOT_OPEN",       "TIMED_OUT",      "END_OF_FILE",      "INTERRUPTED",
    "BAD_ARGS", "CORRUPTED_DATA", "INTERNAL_ERROR", "CLIENT_DISCONNECT"};
static_assert(TTransportException::CLIENT_DISCONNECT == 8);
inline constexpr std::array<std::string_view, 11> kApplicationNames = {
    "UNKNOWN",           "UNKNOWN_METHOD",   "INVALID_MESSAGE_TYPE",   "WRONG_METHOD_NAME",
    "BAD_SEQUENCE_ID",   "MISSING_RESULT",   "INTERNAL_ERROR",         "PROTOCOL_ERROR",
    "INVALID_TRANSFORM", "INVALID_PROTOCOL", "UNSUPPORTED_CLIENT_TYPE"};
static_assert(TApplicationException::UNSUPPORTED_CLIENT_TYPE == 10);

template <std::size_t kSize>
std::string NameIn(const std::array<std::string_view, kSize>& names, std::string_view prefix,
                   int number) {
  const bool known = number >= 0 && static_cast<std::size_t>(number) < kSize;
  return std::string(prefix) + std::string(names[known ? static_cast<std::size_t>(number) : 0]);
}

inline std::string NameOfApplication(int type) {
  return NameIn(kApplicationNames, kApplication, type);
}

// Of the field of an answer that holds one; "" if it holds the result.
inline std::string NameOfDeclared(int field) {
  return field == 0 ? "" : "declared exception " + std::to_string(field);
}

// Of what a transport or a protocol throws.
inline std::string NameOf(const ::apache::thrift::TException& exception) {
  if (const auto* transport = dynamic_cast<const TTransportException*>(&exception)) {
    return NameIn(kTransportNames, kTransport, transport->getType());
  }
  if (const auto* application = dynamic_cast<const TApplicationException*>(&exception)) {
    return NameOfApplication(application->getType());
  }
  return dynamic_cast<const ::apache::thrift::protocol::TProtocolException*>(&exception) != nullptr
             ? "apache::thrift::protocol::TProtocolException"
             : "apache::thrift::TException";
}

// The number of `name`, which starts with `prefix`; nullopt if it is none of `names`.
template <std::size_t kSize>
std::optional<int> NumberIn(const std::array<std::string_view, kSize>& names,
                            std::string_view prefix, std::string_view name) {
  if (name.substr(0, prefix.size()) != prefix) return std::nullopt;
  name.remove_prefix(prefix.size());
  for (std::size_t i = 0; i < kSize; ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  return std::nullopt;
}

// Exceptions of the service's interface, which only its code can make; by name.
using Thrower = void (*)();
inline std::map<std::string, Thrower>& DeclaredExceptions() {
  static auto& exceptions = *new std::map<std::string, Thrower>;
  return exceptions;
}
template <typename Exception>
bool Declare(const char* name) {
  DeclaredExceptions()[name] = [] { throw Exception(); };
  return true;
}

// How a call fails. Exactly one of the three that are optional is set, if it is known at all.
struct Fault {
  std::string name;
  bool call_first = false;
  std::optional<int> transport;    // the type of a TTransportException
  std::optional<int> application;  // of a TApplicationException
  Thrower declared = nullptr;

  bool IsKnown() const {
    return transport == TTransportException::NOT_OPEN ||
           transport == TTransportException::TIMED_OUT ||
           transport == TTransportException::END_OF_FILE || application || declared != nullptr;
  }
  // What does not come from the transport: that has to fail by itself.
  void Throw() const {
    if (declared != nullptr) declared();
    throw TApplicationException(
        static_cast<TApplicationException::TApplicationExceptionType>(*application));
  }
};

inline Fault FaultOf(const filibuster::InjectedFault& planned) {
  Fault fault;
  // An error of the callee has a code: what its server answers by itself.
  fault.name =
      planned.exception.empty() ? std::string(kApplication) + planned.code : planned.exception;
  fault.call_first = planned.call_first;
  fault.transport = NumberIn(kTransportNames, kTransport, fault.name);
  fault.application = NumberIn(kApplicationNames, kApplication, fault.name);
  const auto declared = DeclaredExceptions().find(fault.name);
  if (declared != DeclaredExceptions().end()) fault.declared = declared->second;
  return fault;
}

// What a framed or a buffered transport is on. Null: not a socket that Thrift has itself.
inline ::apache::thrift::transport::TSocket* SocketOf(
    const std::shared_ptr<::apache::thrift::transport::TTransport>& transport) {
  using namespace ::apache::thrift::transport;
  std::shared_ptr<TTransport> under = transport;
  if (auto* framed = dynamic_cast<TFramedTransport*>(under.get())) {
    under = framed->getUnderlyingTransport();
  } else if (auto* buffered = dynamic_cast<TBufferedTransport*>(under.get())) {
    under = buffered->getUnderlyingTransport();
  }
  auto* const socket = dynamic_cast<TSocket*>(under.get());
  if (socket == nullptr) return nullptr;
  // The latter by its name: its header wants OpenSSL's, which a service need not have.
  const std::string_view type = typeid(*socket).name();
  const bool is_known =
      type == typeid(TSocket).name() || type == "N6apache6thrift9transport10TSSLSocketE";
  return is_known ? socket : nullptr;
}

}  // namespace filibuster_thrift
