// gRPC's channels and servers, in front of the functions of libgrpc++ that make them: each gets our
// interceptor beside those that the service gives it.
//
// Nothing of gRPC is linked; what is needed of its classes is inline in its headers.
#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/client_interceptor.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filibuster/detail/grpc_client.h"
#include "filibuster/detail/grpc_server.h"
#include "filibuster/injector.h"
#include "runtime/preload/next_function.h"

namespace {

// The library whose classes look as the headers say. Any other is called as if we were not there.
constexpr std::string_view kLibrary = "libgrpc++.so.1.51";

template <typename Function>
using Next = filibuster::KnownFunction<Function>;

}  // namespace

// What the interceptors call, for this library alone: looked up as late as that, where there is no
// gRPC it is not missed, and found where only a plugin has it.
grpc_call_error grpc_call_cancel_with_status(grpc_call* call, grpc_status_code code,
                                             const char* description, void* reserved) {
  static const Next<decltype(::grpc_call_cancel_with_status)> next("grpc_call_cancel_with_status",
                                                                   kLibrary);
  return next.function(call, code, description, reserved);
}

void grpc_byte_buffer_destroy(grpc_byte_buffer* buffer) {
  static const Next<decltype(::grpc_byte_buffer_destroy)> next("grpc_byte_buffer_destroy",
                                                               kLibrary);
  next.function(buffer);
}

namespace grpc {

std::string ClientContext::peer() const {
  static const Next<std::string(const ClientContext*)> next(
      "_ZNK4grpc13ClientContext4peerB5cxx11Ev", kLibrary);
  return next.function(this);
}

void ClientContext::TryCancel() {
  static const Next<void(ClientContext*)> next("_ZN4grpc13ClientContext9TryCancelEv", kLibrary);
  next.function(this);
}

using ClientFactories =
    std::vector<std::unique_ptr<experimental::ClientInterceptorFactoryInterface>>;

// Declared in no header of gRPC's; every function that makes a channel ends here.
std::shared_ptr<Channel> CreateChannelInternal(const std::string& host, grpc_channel* channel,
                                               ClientFactories factories) {
  using Create = std::shared_ptr<Channel>(const std::string&, grpc_channel*, ClientFactories);
  static const Next<Create> next(
      "_ZN4grpc21CreateChannelInternalERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEP12"
      "grpc_channelSt6vectorISt10unique_ptrINS_12experimental33ClientInterceptorFactoryInterfaceE"
      "St14default_deleteISD_EESaISG_EE",
      kLibrary);
  if (next.known() && filibuster::InjectionEnabled()) {
    factories.push_back(std::make_unique<filibuster_grpc::ClientInterceptorFactory>());
  }
  return next.function(host, channel, std::move(factories));
}

std::unique_ptr<Server> ServerBuilder::BuildAndStart() {
  using Build = std::unique_ptr<Server>(ServerBuilder*);
  static const Next<Build> next("_ZN4grpc13ServerBuilder13BuildAndStartEv", kLibrary);
  if (next.known() && filibuster::InjectionEnabled()) filibuster_grpc::AddInterceptor(this);
  return next.function(this);
}

}  // namespace grpc
