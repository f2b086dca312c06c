// A service that is called and calls: its own codes, one that is passed on, an exception.
#include <memory>
#include <stdexcept>

#include "shop.grpc.pb.h"

class CartService final : public shop::Cart::Service {
 public:
  explicit CartService(std::shared_ptr<grpc::Channel> channel)
      : stock_(shop::Cart::NewStub(channel)) {}

  grpc::Status Add(grpc::ServerContext*, const shop::Request* request,
                   shop::Reply* reply) override {
    if (request == nullptr) return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "empty");
    if (IsClosed()) throw std::runtime_error("closed");
    grpc::ClientContext context;
    const grpc::Status status = stock_->Add(&context, *request, reply);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
      return {grpc::StatusCode::INTERNAL, "no stock"};
    }
    if (!status.ok()) return status;
    return grpc::Status::OK;
  }

 private:
  static bool IsClosed();

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
