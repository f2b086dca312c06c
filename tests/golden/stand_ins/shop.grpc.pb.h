// What protoc would generate for a service shop.Cart with one method.
#pragma once

#include <grpcpp/grpcpp.h>

namespace shop {

class Request {
 public:
  Request();
};
class Reply {
 public:
  Reply();
  int count() const;
};

class Cart final {
 public:
  class StubInterface {
   public:
    virtual ~StubInterface();
    virtual grpc::Status Add(grpc::ClientContext* context, const Request& request,
                             Reply* reply) = 0;
  };
  class Stub final : public StubInterface {
   public:
    Stub(const std::shared_ptr<grpc::ChannelInterface>& channel);
    grpc::Status Add(grpc::ClientContext* context, const Request& request, Reply* reply) override;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Reply>> AsyncAdd(grpc::ClientContext* context,
                                                                     const Request& request,
                                                                     grpc::CompletionQueue* queue);
    class async final {
     public:
      void Add(grpc::ClientContext* context, const Request* request, Reply* reply,
               std::function<void(grpc::Status)> done);
    };
    class async* async();
  };
  static std::unique_ptr<Stub> NewStub(const std::shared_ptr<grpc::ChannelInterface>& channel);

  class Service : public grpc::Service {
   public:
    virtual grpc::Status Add(grpc::ServerContext* context, const Request* request, Reply* reply);
  };
  template <class Base>
  class WithCallbackMethod_Add : public Base {
   public:
    virtual grpc::ServerUnaryReactor* Add(grpc::CallbackServerContext* context,
                                          const Request* request, Reply* reply);
  };
  template <class Base>
  class WithAsyncMethod_Add : public Base {
   public:
    void RequestAdd(grpc::ServerContext* context, Request* request,
                    grpc::ServerAsyncResponseWriter<Reply>* writer, grpc::CompletionQueue* calls,
                    grpc::ServerCompletionQueue* notifications, void* tag);
  };
  using AsyncService = WithAsyncMethod_Add<Service>;
  using CallbackService = WithCallbackMethod_Add<Service>;
};

}  // namespace shop
