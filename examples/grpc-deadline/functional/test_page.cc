// A page is shown within six seconds, whatever else fails; it is complete when nothing does.
#include <filibuster/assertions.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "shop.grpc.pb.h"

int main() {
  const char* address = std::getenv("SHOP_ADDRESS");
  const auto stub = shop::Shop::NewStub(grpc::CreateChannel(
      address != nullptr ? address : "127.0.0.1:5110", grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(6));
  context.set_wait_for_ready(true);  // a first connection that fails is tried again until then
  shop::Item item;
  item.set_name("teapot");
  shop::Page page;
  const grpc::Status status = stub->Show(&context, item, &page);
  if (!status.ok()) {
    std::cerr << "no page: " << status.error_message() << "\n";
    return 1;
  }
  const bool complete = page.price() == "17.50" && page.reviews_size() == 1;
  std::cerr << "price " << page.price() << ", reviews: " << page.reviews_size() << "\n";
  return complete || filibuster::was_fault_injected() ? 0 : 1;
}
