// An item is added unless a call fails; then its price is known, or Total() says why not.
#include <filibuster/assertions.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "Cart.h"

namespace {

bool AsExpected(shop::CartClient& cart) {
  using filibuster::was_fault_injected_on;
  const bool added = cart.Add("teapot");
  std::cerr << (added ? "added\n" : "not added\n");
  if (!added && !was_fault_injected_on("stock", "Reserve")) return false;
  try {
    const int total = cart.Total();
    std::cerr << "total " << total << "\n";
    return total == 17 || (total == -1 && was_fault_injected_on("stock", "Price"));
  } catch (const shop::NotPriced&) {
    return was_fault_injected_on("stock", "Price");
  }
}

}  // namespace

int main() {
  using namespace apache::thrift;
  const char* port = std::getenv("CART_PORT");
  const auto transport = std::make_shared<transport::TFramedTransport>(
      std::make_shared<transport::TSocket>("127.0.0.1", port != nullptr ? std::atoi(port) : 5120));
  shop::CartClient cart(std::make_shared<protocol::TBinaryProtocol>(transport));
  try {
    transport->open();
    return AsExpected(cart) ? 0 : 1;
  } catch (const TException& exception) {
    std::cerr << exception.what() << "\n";
    return 1;
  }
}
