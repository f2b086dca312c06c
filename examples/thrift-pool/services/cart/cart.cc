// What somebody wants to buy, one item at most.
//
// Planted bugs: see Add() and Total().
#include "Cart.h"

#include <string>

#include "../server.h"
#include "connection_pool.h"

FILIBUSTER_SERVICE("cart");
FILIBUSTER_THRIFT_EXCEPTION(shop::OutOfStock);
FILIBUSTER_THRIFT_EXCEPTION(shop::NotPriced);

namespace {

using apache::thrift::TException;
using apache::thrift::transport::TTransportException;

class Cart final : public shop::CartIf {
 public:
  bool Add(const std::string& item) override {
    auto stock = pool_.Take();
    bool reserved = true;
    try {
      stock->client.Reserve(item);
    } catch (const TException&) {
      reserved = false;
    }
    // The bug: whatever went wrong, the connection is taken for a good one.
    pool_.Return(std::move(stock));
    return reserved;
  }

  std::int32_t Total() override {
    auto stock = pool_.Take();
    try {
      const std::int32_t price = stock->client.Price("teapot");
      pool_.Return(std::move(stock));
      return price;
    } catch (const TTransportException&) {
      return -1;  // and the connection is gone with `stock`
    } catch (const TException& exception) {
      pool_.Return(std::move(stock));
      throw exception;  // The bug: this throws a TException, and so nothing that is declared.
    }
  }

 private:
  ConnectionPool pool_{PortOr("STOCK_PORT", 5121)};
};

}  // namespace

int main() {
  Serve(std::make_shared<shop::CartProcessor>(std::make_shared<Cart>()), PortOr("CART_PORT", 5120));
}
