// A gRPC service for the tests of what instruments gRPC, on a port that it keeps while it is down.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "echo.grpc.pb.h"
#include "tests/support/reserved_port.h"

namespace filibuster {

using test::Echo;
using test::Text;

// Answers a request; called in the handler.
using Answer = std::function<grpc::Status(const Text& request, Text* response)>;

inline grpc::Status Repeat(const Text& request, Text* response) {
  *response = request;
  return grpc::Status::OK;
}

// One of gRPC's interfaces to make a call by, as the parameter of a test that is named after it.
template <typename Function>
struct Interface {
  const char* name;
  Function* use;

  friend void PrintTo(const Interface& interface, std::ostream* out) { *out << interface.name; }
};

// All that a caller can see of how a call ended.
inline std::string Seen(const grpc::Status& status, const grpc::ClientContext& context) {
  return std::to_string(status.error_code()) + " '" + status.error_message() + "' '" +
         status.error_details() + "' " + std::to_string(context.GetServerInitialMetadata().size()) +
         " " + std::to_string(context.GetServerTrailingMetadata().size()) + " " + context.peer();
}

class EchoService : public Echo::Service {
 public:
  explicit EchoService(Answer answer) : answer_(std::move(answer)) {}

  grpc::Status Say(grpc::ServerContext*, const Text* request, Text* response) override {
    return answer_(*request, response);
  }
  grpc::Status List(grpc::ServerContext*, const Text* request,
                    grpc::ServerWriter<Text>* writer) override {
    writer->Write(*request);
    return grpc::Status::OK;
  }
  grpc::Status Collect(grpc::ServerContext*, grpc::ServerReader<Text>* reader,
                       Text* response) override {
    while (reader->Read(response)) {
    }
    return grpc::Status::OK;
  }
  grpc::Status Chat(grpc::ServerContext*, grpc::ServerReaderWriter<Text, Text>* stream) override {
    for (Text text; stream->Read(&text);) stream->Write(text);
    return grpc::Status::OK;
  }

 private:
  const Answer answer_;
};

class CallbackEchoService : public Echo::CallbackService {
 public:
  explicit CallbackEchoService(Answer answer) : answer_(std::move(answer)) {}

  grpc::ServerUnaryReactor* Say(grpc::CallbackServerContext* context, const Text* request,
                                Text* response) override {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(answer_(*request, response));
    return reactor;
  }

 private:
  const Answer answer_;
};

class EchoServer {
 public:
  // Nobody listens until there is a service.
  int port() const { return port_.number(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }

  template <typename Service = EchoService>
  void Start(Answer answer, grpc::ServerBuilder&& builder = {}) {
    Serve(std::make_unique<Service>(std::move(answer)), std::move(builder));
  }

  void Serve(std::unique_ptr<grpc::Service> service, grpc::ServerBuilder&& builder = {}) {
    Stop();
    service_ = std::move(service);
    builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
  }

  void Stop() {
    if (server_ != nullptr) server_->Shutdown();
    server_ = nullptr;
  }

  ~EchoServer() { Stop(); }

  // A connection of its own, which knows nothing of what failed before.
  std::unique_ptr<Echo::Stub> NewStub() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return Echo::NewStub(
        grpc::CreateCustomChannel(address(), grpc::InsecureChannelCredentials(), arguments));
  }

 private:
  const ReservedPort port_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace filibuster
