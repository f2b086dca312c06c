// Thrift's clients and servers, instrumented: give a generated client its protocol, and a server
// its processor, by way of Instrument(), and write FILIBUSTER_SERVICE once:
//
//   #include <filibuster/thrift.h>
//
//   FILIBUSTER_SERVICE("foo");
//   FILIBUSTER_THRIFT_EXCEPTION(shop::OutOfStock);  // of the interface: may be injected
//
//   StockClient client(filibuster::Instrument(protocol));
//   TThreadedServer server(filibuster::Instrument(processor), ...);
//
// Without FILIBUSTER_URL in the environment it returns what it is given.
//
// A call carries our headers in a field of its arguments that no interface has; a server that is
// not instrumented skips it. Clients and processors generated with `templates` for one protocol are
// not covered, nor are those of `cob_style` (asynchronous), and nothing is injected into TLS.
// A protocol that comes from Instrument() is one client's, as Thrift's own are.
// Written for Thrift 0.17.
#pragma once

#include <thrift/TProcessor.h>
#include <thrift/protocol/TProtocol.h>

#include <memory>

#include "filibuster/service.h"

// The analyzer sees a service's code as it is without us.
#ifdef FILIBUSTER_ANALYSIS

#define FILIBUSTER_THRIFT_EXCEPTION(type) static_assert(sizeof(type) > 0, #type)

namespace filibuster {

template <typename T>
std::shared_ptr<T> Instrument(std::shared_ptr<T> it) {
  return it;
}

}  // namespace filibuster

#else

#include "filibuster/detail/thrift_client.h"
#include "filibuster/detail/thrift_server.h"

#define FILIBUSTER_THRIFT_JOIN_(a, b) a##b
#define FILIBUSTER_THRIFT_JOIN(a, b) FILIBUSTER_THRIFT_JOIN_(a, b)
#define FILIBUSTER_THRIFT_EXCEPTION(type)                                                      \
  [[maybe_unused]] static const bool FILIBUSTER_THRIFT_JOIN(filibuster_exception_, __LINE__) = \
      ::filibuster_thrift::Declare<type>(#type)

namespace filibuster {

inline std::shared_ptr< ::apache::thrift::protocol::TProtocol> Instrument(
    std::shared_ptr< ::apache::thrift::protocol::TProtocol> protocol) {
  if (!InjectionEnabled()) return protocol;
  return std::make_shared<filibuster_thrift::ClientProtocol>(protocol);
}

inline std::shared_ptr< ::apache::thrift::TProcessor> Instrument(
    std::shared_ptr< ::apache::thrift::TProcessor> processor) {
  if (!InjectionEnabled()) return processor;
  return std::make_shared<filibuster_thrift::ServerProcessor>(std::move(processor));
}

}  // namespace filibuster

#endif  // FILIBUSTER_ANALYSIS
