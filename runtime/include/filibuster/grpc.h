// gRPC with its clients and servers instrumented: include this in one file of the service, and
// write
//
//   FILIBUSTER_SERVICE("foo");
//
// once. Nothing else changes: from here on every channel and every server of the program is asked
// about, and RPCs fail as the control server says. Without FILIBUSTER_URL in the environment
// nothing happens at all.
//
// It registers gRPC's global client interceptor factory, of which a program can have one, and adds
// an interceptor to each server as it is built. Hence
// - calls of each interface of a stub are covered, unary and streaming; a stream fails at its
//   start, or, with `abort: false`, when its status is read. Then what a stream of answers had has
//   been seen already;
// - handlers of synchronous and of callback services know their request as they are called. A
//   service with a completion queue of its own asks for it, and a callback takes it along:
//
//     const filibuster::ContextScope scope(filibuster::ContextOf(server_context));
//     stub->async()->Get(&context, &request, &response, filibuster::InContext(callback));
//
// Written for gRPC 1.51.
#pragma once

#include <grpcpp/grpcpp.h>

#include "filibuster/context.h"
#include "filibuster/service.h"

// The analyzer sees a service's code as it is without us.
#ifdef FILIBUSTER_ANALYSIS

namespace filibuster {
ContextHandle ContextOf(const ::grpc::ServerContextBase& request);
}  // namespace filibuster

#else

#include <grpcpp/impl/server_builder_plugin.h>

#include <memory>
#include <string>

#include "filibuster/detail/grpc_client.h"
#include "filibuster/detail/grpc_server.h"

namespace filibuster_grpc {

// Called with each server that is built.
class ServerPlugin final : public ::grpc::ServerBuilderPlugin {
 public:
  std::string name() override { return "filibuster"; }
  void UpdateServerBuilder(::grpc::ServerBuilder* builder) override { AddInterceptor(builder); }
  void InitServer(::grpc::ServerInitializer*) override {}
  void Finish(::grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}
};

inline bool Register() {
  if (!filibuster::InjectionEnabled()) return false;
  // Never deleted: calls may be made while the program ends.
  ::grpc::experimental::RegisterGlobalClientInterceptorFactory(new ClientInterceptorFactory);
  ::grpc::ServerBuilder::InternalAddPluginFactory(
      [] { return std::unique_ptr< ::grpc::ServerBuilderPlugin>(new ServerPlugin); });
  return true;
}
inline const bool registered = Register();

}  // namespace filibuster_grpc

namespace filibuster {

// Of a request that has arrived and is not over; null if it is not known.
inline ContextHandle ContextOf(const ::grpc::ServerContextBase& request) {
  return FindServed(&request);
}

}  // namespace filibuster

#endif  // FILIBUSTER_ANALYSIS
