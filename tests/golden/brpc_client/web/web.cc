// The controller of a call knows whether it failed, and with which code.
#include <brpc/brpc.h>
#include <httplib.h>

int AddByCode() {
  brpc::ChannelOptions options;
  options.timeout_ms = 100;
  brpc::Channel channel;
  if (channel.Init("localhost:9000", &options) != 0) return 500;
  shop::CartService_Stub stub(&channel);
  brpc::Controller controller;
  shop::Request request;
  shop::Reply reply;
  stub.Add(&controller, &request, &reply, nullptr);
  if (controller.ErrorCode() == brpc::ERPCTIMEDOUT) return 504;
  return controller.Failed() ? 503 : 200;
}

void Add() {
  brpc::Channel channel;
  channel.Init("localhost:9001", nullptr);
  shop::CartService_Stub stub(&channel);
  brpc::Controller controller;
  shop::Request request;
  shop::Reply reply;
  stub.Add(&controller, &request, &reply, nullptr);
}

int main() {
  httplib::Server server;
  server.Get("/code", [](const httplib::Request&, httplib::Response& response) {
    response.status = AddByCode();
  });
  server.Get("/add", [](const httplib::Request&, httplib::Response&) { Add(); });
  server.listen("0.0.0.0", 8000);
}
