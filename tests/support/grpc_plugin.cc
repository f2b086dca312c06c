// A plugin that brings gRPC into a process that has none.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <future>

// The code that a call ends with. Nobody listens at the address.
extern "C" int CallByPlugin() {
  grpc::GenericStub stub(grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const grpc::Slice text("text");
  const grpc::ByteBuffer request(&text, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> end;
  stub.UnaryCall(&context, "/plugin.Echo/Say", {}, &request, &response,
                 [&](const grpc::Status& status) { end.set_value(status); });
  return end.get_future().get().error_code();
}
