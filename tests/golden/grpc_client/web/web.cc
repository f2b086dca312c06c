// The status of a blocking call: looked at as a whole, by its code, and not at all.
#include <httplib.h>

#include <chrono>
#include <memory>

#include "shop.grpc.pb.h"

class CartClient {
 public:
  explicit CartClient(std::shared_ptr<grpc::Channel> channel)
      : stub_(shop::Cart::NewStub(channel)) {}

  bool Add() {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
    shop::Reply reply;
    const grpc::Status status = stub_->Add(&context, shop::Request(), &reply);
    return status.ok();
  }

  int AddByCode() {
    grpc::ClientContext context;
    shop::Reply reply;
    grpc::Status status = stub_->Add(&context, shop::Request(), &reply);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return 503;
    if (!status.ok()) return 502;
    return 200;
  }

  int Count() {
    grpc::ClientContext context;
    shop::Reply reply;
    stub_->Add(&context, shop::Request(), &reply);
    return reply.count();
  }

 private:
  std::unique_ptr<shop::Cart::Stub> stub_;
};

int main() {
  CartClient cart(grpc::CreateChannel("cart:50051", grpc::InsecureChannelCredentials()));
  httplib::Server server;
  server.Get("/add", [&](const httplib::Request&, httplib::Response& response) {
    if (!cart.Add()) response.status = 503;
  });
  server.Get("/code", [&](const httplib::Request&, httplib::Response& response) {
    response.status = cart.AddByCode();
  });
  server.Get("/count", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::to_string(cart.Count()), "text/plain");
  });
  server.listen("0.0.0.0", 8000);
}
