// With callbacks on both sides: the status comes to a function, and is sent by a reactor.
#include "shop.grpc.pb.h"

class CartService final : public shop::Cart::CallbackService {
 public:
  grpc::ServerUnaryReactor* Add(grpc::CallbackServerContext* context, const shop::Request* request,
                                shop::Reply* reply) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    stub_->async()->Add(&context_, request, reply, [reactor](grpc::Status status) {
      if (status.ok()) {
        reactor->Finish(grpc::Status::OK);
      } else {
        reactor->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "no stock"));
      }
    });
    return reactor;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<shop::Cart::Stub> stub_ = shop::Cart::NewStub(
      grpc::CreateChannel("localhost:50052", grpc::InsecureChannelCredentials()));
};

int main() {
  CartService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("0.0.0.0:50051", grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  builder.BuildAndStart()->Wait();
}
