// A service of gRPC that is too long to follow: the codes that it names, and the one that its call
// fails with, which it may pass on.
#include <memory>

#include "shop.grpc.pb.h"

class CartService final : public shop::Cart::Service {
 public:
  explicit CartService(std::shared_ptr<grpc::Channel> channel)
      : stock_(shop::Cart::NewStub(channel)) {}

  grpc::Status Add(grpc::ServerContext*, const shop::Request* request,
                   shop::Reply* reply) override {
    int work = request == nullptr ? 1 : 2;
    for (int a = 0; a < 15; ++a)
      for (int b = 0; b < 15; ++b)
        for (int c = 0; c < 15; ++c)
          for (int d = 0; d < 15; ++d)
            for (int e = 0; e < 15; ++e)
              for (int f = 0; f < 15; ++f) work = work + a * b - c;
    if (work == 4) return grpc::Status::CANCELLED;
    if (work == 5) return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "empty");
    grpc::ClientContext context;
    const grpc::Status status = stock_->Add(&context, *request, reply);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) return grpc::Status::OK;
    return status;
  }

 private:
  std::unique_ptr<shop::Cart::Stub> stock_;
};

int main() {
  CartService service(grpc::CreateChannel("stock:50052", grpc::InsecureChannelCredentials()));
  grpc::ServerBuilder builder;
  builder.AddListeningPort("0.0.0.0:50051", grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  server->Wait();
}
